import { Body, Controller, Delete, Get, Param, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SwarmId } from '@weir/ppspp';
import { checked } from '@weir/rest';
import { type Asker, AuditService } from '../audit.service';
import { swarmId } from '../swarm-id';
import {
  type LabelRequest,
  labelRequest,
  type LimitsRequest,
  limitsRequest,
  type QuotaRequest,
  quotaRequest,
} from './rule-request';
import { type SwarmRuleView, swarmRuleView } from './rule-view';
import { RulesService } from './rules.service';

/** What is laid down for one swarm, whether or not anything of it is here. */
@ApiTags('rules')
@Controller('v1/swarms/:id')
export class SwarmRulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly audit: AuditService,
  ) {}

  @Get('rules')
  @ApiOperation({ operationId: 'showSwarmRules', summary: 'What is laid down for a swarm.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  show(@Param('id', checked(swarmId, 'id')) id: SwarmId): SwarmRuleView {
    return this.rules.show(id);
  }

  @Put('pin')
  @ApiOperation({ operationId: 'pinSwarm', summary: 'Keeps a swarm: nothing of it is evicted to make room.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  pin(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<SwarmRuleView> {
    return this.noted(asker, 'pin', id, this.rules.pin(id));
  }

  @Delete('pin')
  @ApiOperation({ operationId: 'unpinSwarm', summary: 'Lets a swarm be evicted as any other.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  unpin(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<SwarmRuleView> {
    return this.noted(asker, 'unpin', id, this.rules.unpin(id));
  }

  @Put('label')
  @ApiOperation({ operationId: 'labelSwarm', summary: 'Puts a swarm into the group with a label.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  label(
    @Param('id', checked(swarmId, 'id')) id: SwarmId,
    @Body(checked(labelRequest)) request: LabelRequest,
    @Req() asker: Asker,
  ): Promise<SwarmRuleView> {
    return this.noted(asker, 'label', id, this.rules.label(id, request));
  }

  @Delete('label')
  @ApiOperation({ operationId: 'unlabelSwarm', summary: 'Takes a swarm out of its group.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  unlabel(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<SwarmRuleView> {
    return this.noted(asker, 'unlabel', id, this.rules.unlabel(id));
  }

  @Put('quota')
  @ApiOperation({ operationId: 'boundSwarm', summary: 'Bounds the bytes on disk of a swarm.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  bound(
    @Param('id', checked(swarmId, 'id')) id: SwarmId,
    @Body(checked(quotaRequest)) request: QuotaRequest,
    @Req() asker: Asker,
  ): Promise<SwarmRuleView> {
    return this.noted(asker, 'quota', id, this.rules.bound(id, request));
  }

  @Delete('quota')
  @ApiOperation({ operationId: 'unboundSwarm', summary: 'Removes the quota of a swarm.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  unbound(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<SwarmRuleView> {
    return this.noted(asker, 'no quota', id, this.rules.unbound(id));
  }

  @Put('limits')
  @ApiOperation({ operationId: 'limitSwarm', summary: 'Bounds the rates at which a swarm is fetched and served.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  limit(
    @Param('id', checked(swarmId, 'id')) id: SwarmId,
    @Body(checked(limitsRequest)) request: LimitsRequest,
    @Req() asker: Asker,
  ): Promise<SwarmRuleView> {
    return this.noted(asker, 'limits', id, this.rules.limit(id, request));
  }

  @Delete('limits')
  @ApiOperation({ operationId: 'unlimitSwarm', summary: 'Removes the limits of the rates of a swarm.' })
  @ApiOkResponse({ standardSchema: swarmRuleView })
  unlimit(@Param('id', checked(swarmId, 'id')) id: SwarmId, @Req() asker: Asker): Promise<SwarmRuleView> {
    return this.noted(asker, 'no limits', id, this.rules.limit(id, {}));
  }

  /** Once it is done; what was refused changed nothing. */
  private async noted<View>(asker: Asker, what: string, id: SwarmId, work: Promise<View>): Promise<View> {
    const view = await work;
    this.audit.note(asker, what, `swarm ${id}`);
    return view;
  }
}
