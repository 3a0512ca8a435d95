/** Bounds on what the catalogue of one tracker holds. */
export const limits = {
  /** Swarms published or withdrawn: some 300 bytes each, in memory and on disk. The swarm withdrawn first makes room. */
  swarmsMax: 262_144,
  /** Grants of all swarms: some 200 bytes each, in memory and on disk. */
  grantsMax: 1_048_576,
  /** Characters of a title: a line for people, no description. */
  titleCharsMax: 200,
  /** Characters of a principal's name: those of a certificate's subject, or of a user. */
  principalCharsMax: 128,
  /** Changes that wait for the disk: each holds a request, and is a moment's work unless the disk is sick. */
  changesMax: 64,
} as const;
