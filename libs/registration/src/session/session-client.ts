import type { StreamStats, SwarmAction } from '@weir/ppstp';

import type { Answer, ConnectDetails, Speaker } from '../client/ppstp-client';

/** The client's methods that a session uses. */
export interface SessionClient {
  connect(actions: readonly SwarmAction[], details?: ConnectDetails): Promise<Answer>;
  find(swarmId: string, peerCount?: number, speaker?: Speaker): Promise<Answer>;
  statReport(stats?: readonly StreamStats[], speaker?: Speaker): Promise<Answer>;
  close(): Promise<void>;
}
