import { Controller, Delete, Get, HttpCode, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PeerService } from '@weir/peer';
import { type Asker, AuditService } from './audit.service';
import { integrityView, integrityViewOf, type IntegrityView } from './integrity-view';

/** Whether the disk gives back what was written. */
@ApiTags('cache')
@Controller('v1/integrity')
export class IntegrityController {
  constructor(
    private readonly peer: PeerService,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'showIntegrity', summary: 'Damage found in the store, and how far the scrub has come.' })
  @ApiOkResponse({ standardSchema: integrityView })
  show(): IntegrityView {
    return integrityViewOf(this.peer.integrity.report());
  }

  @Delete('rules-lost')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'acknowledgeRules',
    summary: 'Says that the rules are as they should be, after some may have been lost.',
    description: 'Until then the appliance is not ready, over restarts too. Does nothing where nothing was lost.',
  })
  @ApiNoContentResponse()
  async acknowledge(@Req() asker: Asker): Promise<void> {
    await this.peer.integrity.acknowledgeRules();
    this.audit.note(asker, 'acknowledge', 'the rules');
  }
}
