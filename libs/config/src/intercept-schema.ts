import { limits } from '@weir/ppspp';
import { z } from 'zod';
import { type HostPort, parseIpPort } from './host-port';
import { type Parsed } from './parsed';
import { parsePortRange } from './port-range';
import { parsePrefix } from './prefix';
import { list, parsed, whole } from './schema-values';

/** Each interface is named in several rules. A router has a few, or one with subscribers and one without. */
const interfacesMax = 16;
/** As many as subscribers: the kernel looks them up in a tree, not in a list. */
const prefixesMax = 4096;
/** As above; more than a few tell of a list that should be left empty. */
const portRangesMax = 256;
/** Each is matched with every TCP packet from a subscriber. */
const trackersMax = 16;
/** What takedowns of years come to, at a hundred bytes each in every datapath thread. */
const swarmsMax = 65_536;
/** Ports for sixteen datapath threads, and one at which a test of the rules answers. */
export const divertedPorts = 17;
const udpPortMax = 65_536 - divertedPorts;
const portMax = 65_535;
/** More than one core can look at. */
const newFlowsMax = 100_000;

const interfaceRemedy =
  "write an interface's name, such as eth0: at most 15 letters, digits, dots, dashes and underscores";

/** What Linux takes as a name (IFNAMSIZ) and nft and ip read as one. */
function parseInterface(text: string): Parsed<string> {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(text) ? { value: text } : { remedy: interfaceRemedy };
}

/** A name would be looked up here, and may be another address for a subscriber. */
function parseTracker(text: string): Parsed<HostPort> {
  const outcome = parseIpPort(text);
  if ('value' in outcome && outcome.value.port > 0) return outcome;
  return { remedy: 'write IP:PORT or [IPV6]:PORT of a tracker that speaks plain HTTP, such as 192.0.2.80:80' };
}

function parseSwarmId(text: string): Parsed<string> {
  const isHex = /^(?:[\da-f]{2})+$/i.test(text) && text.length <= 2 * limits.swarmIdBytesMax;
  return isHex ? { value: text.toLowerCase() } : { remedy: 'write a swarm ID in hex, as weir publish prints it' };
}

const portRange = z
  .union([z.string(), z.number().transform(String)], { error: 'write a port or a range of ports, such as 6778' })
  .pipe(parsed(parsePortRange));

const boolean = z.boolean({ error: 'write true or false' });

/** The section `intercept`, as far as it can be judged alone. */
export const interceptSchema = z
  .strictObject({
    enabled: boolean,
    inside: list(parsed(parseInterface), interfacesMax),
    outside: list(parsed(parseInterface), interfacesMax),
    exemptSubscribers: list(parsed(parsePrefix), prefixesMax),
    exemptDestinations: list(parsed(parsePrefix), prefixesMax),
    ports: list(portRange, portRangesMax),
    exemptPorts: list(portRange, portRangesMax),
    udpPort: whole(1, udpPortMax),
    tcpPort: whole(1, portMax),
    newFlowsPerSecond: whole(1, newFlowsMax),
    trackers: list(parsed(parseTracker), trackersMax),
  })
  .refine(({ enabled, inside }) => !enabled || inside.length > 0, {
    path: ['inside'],
    error: 'intercept.enabled is true: name the interfaces that subscribers come in by, such as eth0',
  });

/** The section `swarms`. */
export const swarmsSchema = z.strictObject({
  allowed: list(parsed(parseSwarmId), swarmsMax),
  blocked: list(parsed(parseSwarmId), swarmsMax),
});
