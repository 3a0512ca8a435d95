/** The one table of the packet filter that is ours, of the family `inet`. No other is ever touched. */
export const tableName = 'weir';

/** The map from an interface to the epoch that new flows from it get. Kept by the heartbeat. */
export const livingMap = 'living';

/** The set of living epochs: flows with such a connection mark are diverted. Kept by the heartbeat. */
export const aliveSet = 'alive';

/** Addresses that a test of the rules sends from. An element is there while the test runs, and no longer than its timeout. */
export const probeSet = 'probes';

/** The interface that a test of the rules sends through: its packets go the way of subscribers'. */
export const probeInterface = 'weir-probe0';

/** Ports from `intercept.udpPort` on that are for datapath threads, whether there are as many or not. The test's one follows. */
export const threadPorts = 16;

/** The preference of our rule of policy routing: before the main table, and a number that an operator recognises. */
export const rulePreference = 6778;

/** Families of addresses, as names of counters and metrics have them. */
export const families = ['ipv4', 'ipv6'] as const;

/** One of `families`. */
export type Family = (typeof families)[number];

/** What a flow that was passed began with: a HANDSHAKE of the peer protocol, or something else. */
export const passedFlows = ['content', 'other'] as const;

/** One of `passedFlows`. */
export type PassedFlow = (typeof passedFlows)[number];

/** Towards the Internet, or towards the subscriber. */
export const directions = ['up', 'down'] as const;

/** One of `directions`. */
export type Direction = (typeof directions)[number];

/** The kernel's counter of datagrams diverted. */
export const interceptedCounter = (family: Family): string => `intercepted_${family}`;

/** The kernel's counter of what went past on flows that were passed. */
export const passedCounter = (flow: PassedFlow, direction: Direction, family: Family): string =>
  `passed_${flow}_${direction}_${family}`;

/** The kernel's counter of packets of TCP connections to trackers that were diverted at their first one. */
export const trackerCounter = 'intercepted_tracker_connections';

/** The kernel's counter of HANDSHAKEs that passed since too many flows began at once. */
export const hurriedCounter = 'begun_too_fast';

/** The kernel's counter of datagrams to the service port with a subscriber's address, from where no subscriber is. */
export const spoofedCounter = 'spoofed';

/** Every counter there is. */
export const counterNames: readonly string[] = [
  ...families.map(interceptedCounter),
  ...passedFlows.flatMap((flow) =>
    directions.flatMap((direction) => families.map((family) => passedCounter(flow, direction, family))),
  ),
  trackerCounter,
  hurriedCounter,
  spoofedCounter,
];
