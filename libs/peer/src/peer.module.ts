import { Module } from '@nestjs/common';
import { PeerService } from './peer.service';

/** The appliance's end of the peer protocol. */
@Module({ providers: [PeerService], exports: [PeerService] })
export class PeerModule {}
