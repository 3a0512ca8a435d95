import { Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { checked } from '@weir/rest';
import type { FastifyReply } from 'fastify';
import { principalName, swarmId } from '../catalogue/record';
import { pageQuery, type PageQuery } from './page-query';
import { TrackerAdminService } from './tracker-admin.service';
import { type GrantsView, grantsView, type GrantView, grantView } from './views';

/** Who may join closed swarms. The swarm `*` stands for every one. */
@ApiTags('grants')
@Controller('v1/swarms/:id/grants')
export class GrantsController {
  constructor(private readonly admin: TrackerAdminService) {}

  @Get()
  @ApiOperation({ operationId: 'listGrants', summary: 'Who may join a closed swarm, page by page; * for every swarm.' })
  @ApiOkResponse({ standardSchema: grantsView })
  list(@Param('id', checked(swarmId, 'id')) id: string, @Query(checked(pageQuery)) query: PageQuery): GrantsView {
    return this.admin.grants(id, query);
  }

  @Get(':principal')
  @ApiOperation({ operationId: 'showGrant', summary: 'One grant: 404 if the principal has none of its own.' })
  @ApiOkResponse({ standardSchema: grantView })
  show(
    @Param('id', checked(swarmId, 'id')) id: string,
    @Param('principal', checked(principalName, 'principal')) principal: string,
  ): GrantView {
    this.admin.requireGrant(id, principal);
    return { swarmId: id, principal };
  }

  @Put(':principal')
  @ApiOperation({ operationId: 'grant', summary: 'Lets a principal into a closed swarm, or with * into every one.' })
  @ApiOkResponse({ standardSchema: grantView })
  @ApiCreatedResponse({ standardSchema: grantView })
  async grant(
    @Param('id', checked(swarmId, 'id')) id: string,
    @Param('principal', checked(principalName, 'principal')) principal: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GrantView> {
    void reply.status((await this.admin.grant(id, principal)) ? 201 : 200);
    return { swarmId: id, principal };
  }

  @Delete(':principal')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revoke', summary: "Takes a grant back; the principal's peers leave the swarm." })
  @ApiNoContentResponse()
  revoke(
    @Param('id', checked(swarmId, 'id')) id: string,
    @Param('principal', checked(principalName, 'principal')) principal: string,
  ): Promise<void> {
    return this.admin.revoke(id, principal);
  }
}
