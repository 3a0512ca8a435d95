import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { checked } from '@weir/rest';
import { TrackerAdminService } from './tracker-admin.service';
import { peerId, type RegisteredPeerView, registeredPeerView } from './views';

/** The registered peers. */
@ApiTags('peers')
@Controller('v1/peers')
export class PeersController {
  constructor(private readonly admin: TrackerAdminService) {}

  @Get(':id')
  @ApiOperation({ operationId: 'showPeer', summary: 'One registered peer.' })
  @ApiOkResponse({ standardSchema: registeredPeerView })
  show(@Param('id', checked(peerId, 'id')) id: string): RegisteredPeerView {
    return this.admin.peer(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'dismissPeer',
    summary: "Ends a peer's registration. It may register again, unless its swarms are closed to it.",
  })
  @ApiNoContentResponse()
  dismiss(@Param('id', checked(peerId, 'id')) id: string): void {
    this.admin.dismiss(id);
  }
}
