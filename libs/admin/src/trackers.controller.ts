import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegistrationService } from '@weir/registration';
import { type TrackersView, trackersView, trackerViewOf } from './tracker-view';

/** The configured trackers. */
@ApiTags('trackers')
@Controller('v1/trackers')
export class TrackersController {
  constructor(private readonly registration: RegistrationService) {}

  @Get()
  @ApiOperation({ operationId: 'listTrackers', summary: 'The configured trackers and how they answer.' })
  @ApiOkResponse({ standardSchema: trackersView })
  list(): TrackersView {
    return { trackers: this.registration.trackers.map(trackerViewOf) };
  }
}
