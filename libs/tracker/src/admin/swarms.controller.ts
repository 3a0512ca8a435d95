import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { checked } from '@weir/rest';
import type { FastifyReply } from 'fastify';
import { type Publication, publication, publishedSwarmId, swarmId } from '../catalogue/record';
import { pageQuery, type PageQuery } from './page-query';
import { TrackerAdminService } from './tracker-admin.service';
import {
  type MembersView,
  membersView,
  type TrackedSwarmsView,
  trackedSwarmsView,
  type TrackedSwarmView,
  trackedSwarmView,
  type WithdrawalView,
  withdrawalView,
} from './views';

/** The swarms that are published, and those that peers are in. */
@ApiTags('swarms')
@Controller('v1/swarms')
export class TrackedSwarmsController {
  constructor(private readonly admin: TrackerAdminService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSwarms',
    summary: 'Swarms that are published, or that peers are in, page by page.',
  })
  @ApiOkResponse({ standardSchema: trackedSwarmsView })
  list(@Query(checked(pageQuery)) query: PageQuery): TrackedSwarmsView {
    return this.admin.swarms(query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showSwarm', summary: 'One swarm.' })
  @ApiOkResponse({ standardSchema: trackedSwarmView })
  show(@Param('id', checked(swarmId, 'id')) id: string): TrackedSwarmView {
    return this.admin.swarm(id);
  }

  @Put(':id')
  @ApiOperation({
    operationId: 'publishSwarm',
    summary: 'Publishes a swarm, or changes how it is published.',
    description: 'What is acknowledged is kept. Members that a closed swarm does not admit are removed from it.',
  })
  @ApiOkResponse({ standardSchema: trackedSwarmView })
  @ApiCreatedResponse({ standardSchema: trackedSwarmView })
  async publish(
    @Param('id', checked(publishedSwarmId, 'id')) id: string,
    @Body(checked(publication)) body: Publication,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrackedSwarmView> {
    void reply.status((await this.admin.publish(id, body)) ? 201 : 200);
    return this.admin.swarm(id);
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'withdrawSwarm',
    summary: 'Withdraws a swarm, published or not: its members leave, and nobody joins until it is published again.',
  })
  @ApiOkResponse({ standardSchema: withdrawalView })
  withdraw(@Param('id', checked(publishedSwarmId, 'id')) id: string): Promise<WithdrawalView> {
    return this.admin.withdraw(id);
  }

  @Get(':id/peers')
  @ApiOperation({ operationId: 'listMembers', summary: 'The peers in a swarm, page by page.' })
  @ApiOkResponse({ standardSchema: membersView })
  members(@Param('id', checked(swarmId, 'id')) id: string, @Query(checked(pageQuery)) query: PageQuery): MembersView {
    return this.admin.members(id, query);
  }
}
