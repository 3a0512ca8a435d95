import { time } from '@weir/rest';
import { z } from 'zod';
import { principalName, swarmForm } from '../catalogue/record';

const count = (description: string) => z.number().describe(description);
const next = z.string().nullable().describe('What to ask for as after to see the next page; null on the last one.');

const swarmId = z
  .string()
  .meta({ id: 'SwarmId', description: 'A swarm ID as peers name it, in lower case if it is hex.' });

/** A peer ID as peers name themselves. */
export const peerId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, { error: 'write a peer ID: 1 to 128 visible ASCII characters' })
  .meta({ id: 'PeerId', description: 'A peer ID as the peer named itself.' });

/** One swarm of the tracker. */
export const trackedSwarmView = z
  .object({
    swarmId,
    access: z
      .enum(['open', 'closed', 'withdrawn'])
      .nullable()
      .describe(
        'open: everyone may join. closed: principals with a grant. withdrawn: nobody. null: nobody published it.',
      ),
    title: z.string().nullable(),
    metadata: swarmForm.nullable(),
    changedAt: time('When it was last published, changed or withdrawn.'),
    seeders: count('Peers in it that have all of the content, as they say.'),
    leeches: count('Peers in it that have not.'),
  })
  .meta({ id: 'TrackedSwarm' });

/** Answer of `GET /v1/swarms`. */
export const trackedSwarmsView = z
  .object({
    swarms: z
      .array(trackedSwarmView)
      .describe('First those of the catalogue, by swarm ID; then others that peers are in.'),
    next,
  })
  .meta({ id: 'TrackedSwarms' });

/** Answer of `DELETE /v1/swarms/{id}`. */
export const withdrawalView = z
  .object({ swarmId, removedPeers: count('Peers that were in it.') })
  .meta({ id: 'Withdrawal' });

const address = z
  .object({
    ip: z.string(),
    port: z.number(),
    type: z.string().describe('HOST, REFLEXIVE or PROXY. RFC 7846 section 3.2.4.'),
    priority: z.number(),
    proven: z.boolean().describe('Whether it was proven to be the peer’s: others are not listed.'),
  })
  .meta({ id: 'PeerAddress' });

/** One registered peer. */
export const registeredPeerView = z
  .object({
    peerId,
    principal: z.string().nullable().describe('Who registered it; null if nobody had to prove it.'),
    superNode: z.boolean(),
    addresses: z.array(address),
    swarms: count('Swarms that it is in.'),
    registeredAt: time('When it registered.'),
    lastHeard: time('When its last request came.'),
  })
  .meta({ id: 'RegisteredPeer' });

/** A peer in a swarm. */
export const memberView = registeredPeerView
  .extend({
    mode: z.enum(['SEEDER', 'LEECH']),
    stats: z
      .object({
        uploadedBytes: z.number(),
        downloadedBytes: z.number(),
        availableBandwidth: z.number(),
        concurrentLinks: z.number(),
      })
      .nullable()
      .describe('What it last reported of this swarm. RFC 7846 section 3.2.5.'),
  })
  .meta({ id: 'Member' });

/** Answer of `GET /v1/swarms/{id}/peers`. */
export const membersView = z.object({ peers: z.array(memberView), next }).meta({ id: 'Members' });

/** One grant. */
export const grantView = z
  .object({ swarmId: z.string().describe('A swarm ID, or * for every swarm.'), principal: principalName })
  .meta({ id: 'Grant' });

/** Answer of `GET /v1/swarms/{id}/grants`. */
export const grantsView = z
  .object({ grants: z.array(grantView).describe('By principal.'), next })
  .meta({ id: 'Grants' });

/** Answer of `GET /v1/status`. */
export const trackerStatusView = z
  .object({
    version: z.string(),
    uptimeSeconds: z.number(),
    url: z.string().describe('Where peers post their requests, as the tracker sees it.'),
    state: z.enum(['INIT', 'STARTED']).describe('INIT: no peer is registered. RFC 7846 section 2.3.'),
    peers: count('Peers registered.'),
    swarms: count('Swarms that peers are in.'),
    memberships: count('Peers in swarms: a peer in two swarms counts twice.'),
    catalogue: z.object({
      kept: z.boolean().describe('Whether it outlives the process.'),
      published: count('Swarms that are published.'),
      withdrawn: count('Swarms that were withdrawn.'),
      grants: count('Grants of all swarms.'),
    }),
  })
  .meta({ id: 'TrackerStatus' });

/** Answer of `GET /healthz`: that there is one at all. */
export const trackerHealthView = z.object({ status: z.literal('ok') }).meta({ id: 'TrackerHealth' });

/** One swarm, ours to keep stable. */
export type TrackedSwarmView = z.output<typeof trackedSwarmView>;
/** One page of swarms. */
export type TrackedSwarmsView = z.output<typeof trackedSwarmsView>;
/** What a withdrawal did. */
export type WithdrawalView = z.output<typeof withdrawalView>;
/** One peer. */
export type RegisteredPeerView = z.output<typeof registeredPeerView>;
/** One page of a swarm's peers. */
export type MembersView = z.output<typeof membersView>;
/** One grant. */
export type GrantView = z.output<typeof grantView>;
/** One page of grants. */
export type GrantsView = z.output<typeof grantsView>;
/** How the tracker does. */
export type TrackerStatusView = z.output<typeof trackerStatusView>;
/** That the process works. */
export type TrackerHealthView = z.output<typeof trackerHealthView>;
