import type { SettingTable } from './setting-table';
import type { Setting } from './settings';

/** Each bound of a tracker: what it holds without being told is written down with the bounds themselves. */
const limits = {
  peers: 'some hundred megabytes at the most, which any server has',
  swarms: 'as many as peers: most swarms of a portal have few',
  swarmsPerPeer: 'a cache has many, nobody else does',
  memberships: 'what the memory goes to: some swarms for each peer',
  peersPerPrefix: 'who invents peers has few networks; one with carrier-grade NAT has thousands of peers behind it',
  connections: 'the descriptors that a process has by default; a peer has one, for moments',
  connectionsPerPrefix: 'who floods leaves some for others',
  connectionsPerSecond: 'each may cost a TLS handshake',
  requestsPerSecond: '60,000 peers of one prefix that report once a minute',
  registrationsPerSecond: 'after a restart 6,000 peers of one prefix are back within their first minute',
};

/** Every key that a tracker may be told, with its default. Undefined: what then holds depends on other keys. */
export const trackerSettings: readonly Setting[] = [
  {
    key: 'listen',
    notation: 'text',
    fallback: '[::]:7846',
    why: 'the number of the RFC, on every address; an IPv6 socket serves IPv4 as well',
  },
  { key: 'path', notation: 'text', fallback: '/', why: 'nothing to get wrong in a link' },
  {
    key: 'tls.certificateFile',
    notation: 'text',
    fallback: '',
    why: 'nobody can guess it; without any, the tracker speaks plain HTTP, which is for trials and behind proxies',
  },
  { key: 'tls.keyFile', notation: 'text', fallback: '', why: 'as for `tls.certificateFile`' },
  {
    key: 'tls.selfSigned',
    notation: 'boolean',
    fallback: false,
    why: 'a certificate that nobody vouches for is for trials; it is made below `stateDirectory`',
  },
  {
    key: 'tls.clientCaFile',
    notation: 'text',
    fallback: '',
    why: 'nobody can guess whose certificates are to be believed',
  },
  {
    key: 'tls.clientCertificates',
    notation: 'text',
    fallback: undefined,
    why: '`request` with `tls.clientCaFile`, else `off`: who has a certificate shows it, and open swarms need none',
  },
  {
    key: 'authentication.digest',
    notation: 'text',
    fallback: undefined,
    why: '`closed-swarms` with `authentication.usersFile`, else `off`: open swarms are open',
  },
  { key: 'authentication.realm', notation: 'text', fallback: 'weir', why: 'a name for people, and part of each hash' },
  {
    key: 'authentication.usersFile',
    notation: 'text',
    fallback: '',
    why: 'nobody is a user before an operator says so',
  },
  {
    key: 'trustedProxies',
    notation: 'list',
    fallback: [],
    why: 'whoever is believed about where requests come from can be anybody',
  },
  { key: 'superNodes', notation: 'list', fallback: [], why: 'nobody can guess where caches are' },
  {
    key: 'subscribers',
    notation: 'list',
    fallback: [],
    why: 'caches are for everyone before an operator says otherwise',
  },
  {
    key: 'asnFile',
    notation: 'text',
    fallback: '',
    why: 'tables of networks grow old; without one, what peers say has to do',
  },
  {
    key: 'swarms.admission',
    notation: 'text',
    fallback: 'any',
    why: 'a tracker for everybody; `published` is for who answers for what is there',
  },
  {
    key: 'stateDirectory',
    notation: 'text',
    fallback: '',
    why: 'peers register again by themselves; with it, what was published stays, and there is an admin side',
  },
  {
    key: 'peerTimeout',
    notation: 'number',
    fallback: 180,
    why: 'three reports of a peer that reports once a minute, of which two may be lost',
  },
  { key: 'probes', notation: 'boolean', fallback: true, why: 'an address that is not proven is listed to nobody' },
  {
    key: 'allowLoopback',
    notation: 'boolean',
    fallback: undefined,
    why: 'whether it listens on a loopback address, behind no proxy: then peers are on this machine',
  },
  {
    key: 'membership.directory',
    notation: 'text',
    fallback: '',
    why: 'certificates of membership are for who wants peer exchange',
  },
  { key: 'membership.keyFile', notation: 'text', fallback: '', why: 'as for `membership.directory`' },
  { key: 'membership.certificateFile', notation: 'text', fallback: '', why: 'as for `membership.directory`' },
  {
    key: 'admin.listen',
    notation: 'text',
    fallback: '127.0.0.1:7847',
    why: "who may administer is the operator's to decide, so it starts out on this machine alone",
  },
  {
    key: 'admin.tokenFile',
    notation: 'text',
    fallback: '',
    why: '`admin-token` in `stateDirectory`, made at the first start; without either there is no admin side',
  },
  { key: 'admin.hosts', notation: 'list', fallback: [], why: 'addresses and `localhost` always do' },
  ...Object.entries(limits).map(([name, why]): Setting => {
    return { key: `limits.${name}`, notation: 'number', fallback: undefined, why };
  }),
];

const superNodeKeys = ['nodes', 'subscribers', 'onlySubscribers', 'everySwarm', 'address'];

/** What a tracker may be told. */
export const trackerTable: SettingTable = {
  settings: trackerSettings,
  entryKeys: superNodeKeys.map((key) => `superNodes[].${key}`),
  environmentPrefix: 'WEIR_TRACKER_',
  fileVariable: 'WEIR_TRACKER_CONFIG',
};
