/** What an operator may set of the outside link, as `settings` has it. */
export const fetchSettings = [
  {
    key: 'fetch.rate',
    notation: 'text',
    fallback: 'unlimited',
    why: 'nobody can guess what the outside link has to spare; with a bound, the cache never takes more than that',
  },
  {
    key: 'fetch.backgroundRate',
    notation: 'text',
    fallback: 'unlimited',
    why: 'what is fetched before it is asked for is never asked for twice; auto keeps it below the peak of demand',
  },
  {
    key: 'fetch.peerRate',
    notation: 'text',
    fallback: 'unlimited',
    why: 'a peer outside sends what it likes to; LEDBAT makes it yield',
  },
  {
    key: 'fetch.readAhead',
    notation: 'number',
    fallback: 30,
    why: "a player's buffer, and time to find another peer; what is further ahead is often never watched",
  },
  {
    key: 'fetch.schedule',
    notation: 'list',
    fallback: [],
    why: 'nobody can guess when the outside link is busy',
  },
] as const;
