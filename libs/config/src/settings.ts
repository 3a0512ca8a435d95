import { fetchSettings } from './fetch-settings';
import { interceptSettings } from './intercept-settings';

/** How a setting is written where only text is possible: in the environment and on the command line. */
export type Notation = 'text' | 'number' | 'boolean' | 'list' | 'urls' | 'addresses';

/** One key an operator may set. */
export interface Setting {
  /** The way to it in the file: `store.capacity`. */
  readonly key: string;
  readonly notation: Notation;
  /** As an operator would write it. */
  readonly fallback: unknown;
  /** Why this is the default; `docs/configuration.md` says it too. */
  readonly why: string;
}

/** Every key there is, with its default. */
export const settings: readonly Setting[] = [
  {
    key: 'ppspp.listen',
    notation: 'list',
    fallback: ['[::]:6778'],
    why: "the port of RFC 7574's own examples, on every address; an IPv6 socket serves IPv4 as well",
  },
  {
    key: 'ppspp.newSwarmsPerMinute',
    notation: 'number',
    fallback: 60,
    why: 'nobody opens a stream a second for long; each new swarm may cost requests to trackers and calls to peers',
  },
  {
    key: 'ppspp.peerExchange',
    notation: 'text',
    fallback: 'off',
    why: "trackers name peers; what peers name is for networks whose operators want it, and nobody's business else",
  },
  {
    key: 'ppspp.membershipCa',
    notation: 'text',
    fallback: '',
    why: 'nobody can guess whose certificates are to be believed',
  },
  {
    key: 'upload.slots',
    notation: 'number',
    fallback: 8192,
    why: 'one core serves no more at a useful rate; a cache in normal service lets nobody wait',
  },
  {
    key: 'upload.peerRateMax',
    notation: 'text',
    fallback: '125MB',
    why: 'a peer that forges its acknowledgements takes no more than a gigabit line; no honest one asks for as much',
  },
  {
    key: 'upload.delayTarget',
    notation: 'number',
    fallback: 100,
    why: 'the most that RFC 6817 allows, and what other implementations use: flows share fairly only with equals',
  },
  {
    key: 'upload.dscp',
    notation: 'number',
    fallback: 0,
    why: 'best effort, as what peers send has always been; only the network it crosses gives others a meaning',
  },
  ...fetchSettings,
  {
    key: 'admin.listen',
    notation: 'text',
    fallback: '127.0.0.1:9080',
    why: "who may reach the admin API is the operator's to decide, so it starts out on this machine alone",
  },
  {
    key: 'admin.tokenFile',
    notation: 'text',
    fallback: '',
    why: 'whoever can use this machine may ask; to listen elsewhere than on loopback a token is needed',
  },
  { key: 'admin.hosts', notation: 'list', fallback: [], why: 'addresses and `localhost` always do' },
  { key: 'store.path', notation: 'text', fallback: '/var/lib/weir', why: 'where Linux keeps what services accumulate' },
  {
    key: 'store.capacity',
    notation: 'text',
    fallback: '10GiB',
    why: 'fits the disk of any server and a first trial; a cache in service wants most of its disk',
  },
  {
    key: 'store.probationMemory',
    notation: 'text',
    fallback: '512MiB',
    why: 'holds two thousand segments, and any server spares it; a small store uses a tenth of its capacity',
  },
  {
    key: 'store.scrubRate',
    notation: 'text',
    fallback: '4MiB',
    why: 'a terabyte in three days, a few hundredths of a core; every extent is looked at before it is wanted',
  },
  {
    key: 'cache.secondSubscriber',
    notation: 'boolean',
    fallback: false,
    why: "one household's second look is demand too; worth it where many watch once and alone",
  },
  {
    key: 'cache.swarmShare',
    notation: 'number',
    fallback: 0.25,
    why: 'one content, however popular, leaves room for three more',
  },
  {
    key: 'trace.path',
    notation: 'text',
    fallback: '',
    why: 'nothing is written down of what subscribers want before an operator wants to know what more disk gives',
  },
  {
    key: 'trace.bytesMax',
    notation: 'text',
    fallback: '1GiB',
    why: 'a hundred million requests, which is weeks of a point of presence',
  },
  {
    key: 'trackers',
    notation: 'urls',
    fallback: [],
    why: 'nobody can guess them; without any, peers find the appliance by address alone',
  },
  {
    key: 'subscribers',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess them; without any, each peer counts as external',
  },
  {
    key: 'peers.siblings',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess where other appliances are',
  },
  {
    key: 'peers.near',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess which networks cost less than others',
  },
  {
    key: 'peers.asn',
    notation: 'number',
    fallback: 0,
    why: 'nobody can guess it; without it, no peer is near for its autonomous system',
  },
  {
    key: 'peers.asnFile',
    notation: 'text',
    fallback: '',
    why: 'tables of networks grow old; without one, what trackers say of a peer has to do',
  },
  {
    key: 'peers.forbidden',
    notation: 'list',
    fallback: [],
    why: 'nobody is refused before an operator says so',
  },
  {
    key: 'peers.forbiddenAsns',
    notation: 'list',
    fallback: [],
    why: 'nobody is refused before an operator says so',
  },
  {
    key: 'registration.reportInterval',
    notation: 'number',
    fallback: 60,
    why: 'a tracker forgets a silent peer after some minutes: one lost report must not matter',
  },
  {
    key: 'registration.addresses',
    notation: 'addresses',
    fallback: [],
    why: 'where peers reach us is where we listen, unless something translates addresses on the way',
  },
  {
    key: 'registration.uplink',
    notation: 'text',
    fallback: 0,
    why: 'nobody can guess it; trackers are told of no bandwidth that may not be there',
  },
  {
    key: 'datapath.threads',
    notation: 'number',
    fallback: 1,
    why: 'works everywhere; each more takes a core of its own, which nobody can guess is free, and native sockets',
  },
  {
    key: 'datapath.port',
    notation: 'text',
    fallback: 'auto',
    why: 'native sockets cost a fraction, and where they could not be built those of Node serve as well',
  },
  ...interceptSettings,
  {
    key: 'swarms.allowed',
    notation: 'list',
    fallback: [],
    why: 'whatever subscribers want is served',
  },
  {
    key: 'swarms.blocked',
    notation: 'list',
    fallback: [],
    why: 'nothing is refused before an operator says so',
  },
  {
    key: 'log.level',
    notation: 'text',
    fallback: 'info',
    why: "what an operator wants to know, and no subscriber's address",
  },
];

/** The environment variable of a key: `WEIR_REGISTRATION_REPORT_INTERVAL` of `registration.reportInterval`. */
export function environmentName(key: string, prefix = 'WEIR_'): string {
  return `${prefix}${key.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** What `text` means for a setting: the same value that would stand in the file. Not judged here. */
export function readNotation(notation: Notation, text: string): unknown {
  switch (notation) {
    case 'text':
      return text;
    case 'number':
      return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return splitList(text);
    case 'urls':
      return splitList(text).map((url) => ({ url }));
    case 'addresses':
      return splitList(text).map((address) => ({ address }));
  }
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
