import { Module } from '@nestjs/common';
import { PeerModule } from '@weir/peer';
import { SupervisionService } from './supervision.service';

/** What the service manager hears of the appliance. */
@Module({ imports: [PeerModule], providers: [SupervisionService], exports: [SupervisionService] })
export class SupervisionModule {}
