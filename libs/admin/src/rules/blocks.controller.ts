import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SwarmId } from '@weir/ppspp';
import { checked } from '@weir/rest';
import { type Asker, AuditService } from '../audit.service';
import { swarmId } from '../swarm-id';
import { type SwarmsQuery, swarmsQuery } from '../swarms-query';
import { type BlockRequest, blockRequest } from './rule-request';
import { type BlockReportView, blockReportView, blocksView, type BlocksView } from './rule-view';
import { RulesService } from './rules.service';

/** Swarms that are neither served nor kept. */
@ApiTags('blocks')
@Controller('v1')
export class BlocksController {
  constructor(
    private readonly rules: RulesService,
    private readonly audit: AuditService,
  ) {}

  @Get('blocks')
  @ApiOperation({ operationId: 'listBlocks', summary: 'The swarms that are blocked, page by page.' })
  @ApiOkResponse({ standardSchema: blocksView })
  list(@Query(checked(swarmsQuery)) query: SwarmsQuery): BlocksView {
    return this.rules.blocks(query);
  }

  @Get('swarms/:id/block')
  @ApiOperation({
    operationId: 'reportBlock',
    summary: 'Proof of a block: what was held, when it was gone, and what is found of it now.',
  })
  @ApiOkResponse({ standardSchema: blockReportView })
  report(@Param('id', checked(swarmId, 'id')) id: SwarmId): Promise<BlockReportView> {
    return this.rules.report(id);
  }

  @Put('swarms/:id/block')
  @ApiOperation({
    operationId: 'blockSwarm',
    summary: 'Stops serving a swarm at once, keeps it out for good, and erases what is stored of it.',
    description: 'Answers when the block is on disk; the erasure goes on, and GET tells when it is done.',
  })
  @ApiOkResponse({ standardSchema: blockReportView })
  async block(
    @Param('id', checked(swarmId, 'id')) id: SwarmId,
    @Body(checked(blockRequest)) request: BlockRequest,
    @Req() asker: Asker,
  ): Promise<BlockReportView> {
    const report = await this.rules.block(id, request);
    this.audit.note(asker, 'block', `swarm ${id}`);
    return report;
  }

  @Delete('swarms/:id/block')
  @HttpCode(204)
  @ApiOperation({ operationId: 'unblockSwarm', summary: 'Lets a swarm be fetched and served again.' })
  @ApiNoContentResponse()
  async unblock(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<void> {
    await this.rules.unblock(id);
    this.audit.note(asker, 'unblock', `swarm ${id}`);
  }
}
