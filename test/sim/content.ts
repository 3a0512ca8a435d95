/** Contents to play with: what the specs of the protocol's core use as well. */
export { generated, publish, type Published } from '../../libs/ppspp/src/swarm/published.testing';
