/** What an operator may set of the interception, as `settings` has it. */
export const interceptSettings = [
  {
    key: 'intercept.enabled',
    notation: 'boolean',
    fallback: false,
    why: 'nothing is diverted before an operator has said where subscribers are',
  },
  {
    key: 'intercept.inside',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess which interfaces lead to subscribers',
  },
  {
    key: 'intercept.outside',
    notation: 'list',
    fallback: [],
    why: 'what is not inside is outside; to be named where an interface is neither, as one for management',
  },
  {
    key: 'intercept.exemptSubscribers',
    notation: 'list',
    fallback: [],
    why: 'each subscriber gains, until one asks to be left alone',
  },
  {
    key: 'intercept.exemptDestinations',
    notation: 'list',
    fallback: [],
    why: 'no destination is known to need it',
  },
  {
    key: 'intercept.ports',
    notation: 'list',
    fallback: [],
    why: 'peers choose their ports freely, and a HANDSHAKE is recognised on any',
  },
  {
    key: 'intercept.exemptPorts',
    notation: 'list',
    fallback: [53, 443, 500, 4500],
    why: 'DNS, QUIC and IKE are never the peer protocol, and some of their datagrams look like it',
  },
  {
    key: 'intercept.newFlowsPerSecond',
    notation: 'number',
    fallback: 2_000,
    why: 'to decide on as many takes a fraction of a core; what is beyond it is no PoP of one appliance, or a flood',
  },
  {
    key: 'intercept.udpPort',
    notation: 'number',
    fallback: 9100,
    why: 'free on most machines, and so are those that follow',
  },
  {
    key: 'intercept.tcpPort',
    notation: 'number',
    fallback: 9180,
    why: 'free on most machines, and beside the UDP ports',
  },
  {
    key: 'intercept.trackers',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess them; without any, no TCP connection is diverted',
  },
] as const;
