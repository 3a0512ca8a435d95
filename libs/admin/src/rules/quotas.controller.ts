import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { checked } from '@weir/rest';
import { type Asker, AuditService } from '../audit.service';
import { label, type QuotaRequest, quotaRequest, trackerName } from './rule-request';
import { type QuotasView, quotasView, type QuotaView, quotaView } from './rule-view';
import { RulesService } from './rules.service';

/** Bytes on disk that groups of swarms may take. */
@ApiTags('quotas')
@Controller('v1/quotas')
export class QuotasController {
  constructor(
    private readonly rules: RulesService,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listQuotas', summary: 'Every quota, and what is taken of it.' })
  @ApiOkResponse({ standardSchema: quotasView })
  list(): QuotasView {
    return this.rules.quotas();
  }

  @Put('labels/:name')
  @ApiOperation({ operationId: 'boundLabel', summary: 'Bounds the bytes on disk of all swarms with a label.' })
  @ApiOkResponse({ standardSchema: quotaView })
  async boundLabel(
    @Param('name', checked(label, 'name')) name: string,
    @Body(checked(quotaRequest)) request: QuotaRequest,
    @Req() asker: Asker,
  ): Promise<QuotaView> {
    const view = await this.rules.setGroupQuota('label', name, request);
    this.audit.note(asker, 'quota', `label ${name}`);
    return view;
  }

  @Delete('labels/:name')
  @HttpCode(204)
  @ApiOperation({ operationId: 'unboundLabel', summary: 'Removes the quota of a label.' })
  @ApiNoContentResponse()
  async unboundLabel(@Param('name', checked(label, 'name')) name: string, @Req() asker: Asker): Promise<void> {
    await this.rules.removeGroupQuota('label', name);
    this.audit.note(asker, 'no quota', `label ${name}`);
  }

  @Put('trackers/:name')
  @ApiOperation({
    operationId: 'boundTracker',
    summary: 'Bounds the bytes on disk of the swarms that a tracker named peers of first.',
  })
  @ApiOkResponse({ standardSchema: quotaView })
  async boundTracker(
    @Param('name', checked(trackerName, 'name')) name: string,
    @Body(checked(quotaRequest)) request: QuotaRequest,
    @Req() asker: Asker,
  ): Promise<QuotaView> {
    const view = await this.rules.setGroupQuota('tracker', name, request);
    this.audit.note(asker, 'quota', `tracker ${name}`);
    return view;
  }

  @Delete('trackers/:name')
  @HttpCode(204)
  @ApiOperation({ operationId: 'unboundTracker', summary: 'Removes the quota of a tracker.' })
  @ApiNoContentResponse()
  async unboundTracker(@Param('name', checked(trackerName, 'name')) name: string, @Req() asker: Asker): Promise<void> {
    await this.rules.removeGroupQuota('tracker', name);
    this.audit.note(asker, 'no quota', `tracker ${name}`);
  }
}
