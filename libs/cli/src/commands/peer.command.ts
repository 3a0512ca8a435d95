import { Option } from 'nest-commander';
import { exchangeFlags, type ExchangeOptions } from '../options/exchange';
import { trackerFlags, type TrackerAccessOptions } from '../options/tracker-access';
import { FormatCommand, type FormatOptions } from './format.command';

/** The options of a command that is a peer: how content is cut, who is believed, and who we are. */
export interface PeerOptions extends FormatOptions, ExchangeOptions, TrackerAccessOptions {}

/** A command that is a peer in a swarm: it asks trackers, and may exchange peers with peers. */
export abstract class PeerCommand extends FormatCommand {
  @Option(trackerFlags.ca)
  readTrackerCa(text: string): string {
    return text;
  }

  @Option(trackerFlags.user)
  readTrackerUser(text: string): string {
    return text;
  }

  @Option(trackerFlags.passwordFile)
  readTrackerPasswordFile(text: string): string {
    return text;
  }

  @Option(trackerFlags.cert)
  readTrackerCert(text: string): string {
    return text;
  }

  @Option(trackerFlags.key)
  readTrackerKey(text: string): string {
    return text;
  }

  @Option(exchangeFlags.peerExchange)
  readPeerExchange(): boolean {
    return true;
  }

  @Option(exchangeFlags.membershipCa)
  readMembershipCa(text: string): string {
    return text;
  }
}
