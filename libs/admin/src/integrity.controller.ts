import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PeerService } from '@weir/peer';
import { integrityView, integrityViewOf, type IntegrityView } from './integrity-view';

/** Whether the disk gives back what was written. */
@ApiTags('cache')
@Controller('v1/integrity')
export class IntegrityController {
  constructor(private readonly peer: PeerService) {}

  @Get()
  @ApiOperation({ operationId: 'showIntegrity', summary: 'Damage found in the store, and how far the scrub has come.' })
  @ApiOkResponse({ standardSchema: integrityView })
  show(): IntegrityView {
    return integrityViewOf(this.peer.integrity.report());
  }
}
