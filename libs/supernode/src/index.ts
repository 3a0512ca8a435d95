/** The appliance as a super node (RFC 6972 section 5.4): its peer, bound to its registration with trackers. */
export { superNodeInterception } from './interception.module';
export { SuperNodeModule, superNodeRegistration } from './super-node.module';
export { SuperNodeService } from './super-node.service';
