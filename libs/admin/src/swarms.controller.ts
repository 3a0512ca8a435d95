import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SwarmId } from '@weir/ppspp';
import { checked } from '@weir/rest';
import type { FastifyReply } from 'fastify';
import { fetchRequest, type FetchRequest } from './fetch-request';
import { FetchService } from './fetch.service';
import { swarmId } from './swarm-id';
import {
  fetchView,
  type FetchView,
  swarmView,
  type SwarmView,
  swarmViewOf,
  type SwarmsView,
  swarmsView,
} from './swarm-view';
import { SwarmsService } from './swarms.service';
import { swarmsQuery, type SwarmsQuery } from './swarms-query';

/** The swarms that are stored or open. */
@ApiTags('swarms')
@Controller('v1/swarms')
export class SwarmsController {
  constructor(
    private readonly swarms: SwarmsService,
    private readonly fetches: FetchService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listSwarms', summary: 'The swarms that are stored or open, page by page.' })
  @ApiOkResponse({ standardSchema: swarmsView })
  list(@Query(checked(swarmsQuery)) query: SwarmsQuery): Promise<SwarmsView> {
    return this.swarms.page(query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showSwarm', summary: 'One swarm.' })
  @ApiOkResponse({ standardSchema: swarmView })
  async show(@Param('id', checked(swarmId, 'id')) id: SwarmId): Promise<SwarmView> {
    return swarmViewOf(await this.swarms.require(id));
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'fetchSwarm',
    summary: 'Fetches a swarm ahead of demand.',
    description: 'Answers when the trackers have been asked, seconds later at most; the fetch goes on.',
  })
  @ApiAcceptedResponse({ standardSchema: fetchView })
  async fetch(
    @Body(checked(fetchRequest)) request: FetchRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FetchView> {
    const view = await this.fetches.start(request);
    void reply.header('location', `/v1/swarms/${view.swarmId}`);
    return view;
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'purgeSwarm', summary: 'Closes a swarm and removes what is stored of it.' })
  @ApiNoContentResponse()
  purge(@Param('id', checked(swarmId, 'id')) id: SwarmId): Promise<void> {
    return this.swarms.purge(id);
  }
}
