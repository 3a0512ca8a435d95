export {
  AppliancePeer,
  type AppliancePeerListener,
  type AppliancePeerSettings,
  type PeerTotals,
} from './appliance-peer';
export type { ContentStore, ContentWrite, ContentWritten } from './content-store';
export type { DatapathReport, LiveSwarm } from './datapath-messages';
export { Driver, type DriverParts } from './driver';
export { PeerError, type PeerErrorCode } from './errors';
export { createCrewMetrics, createDatapathMetrics, type CrewMetrics, type DatapathMetrics } from './datapath-metrics';
export { createPeerMetrics, type PeerMetrics } from './metrics';
export { PeerModule } from './peer.module';
export { PeerService } from './peer.service';
export type { Pulse } from './pulse';
export type { AddressPrefix } from './prefix-list';
export type { TransferExchange } from './transfer-exchange';
export { startTransfer, type Source, type Transfer, type TransferPlan } from './transfer';
