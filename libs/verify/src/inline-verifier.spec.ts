import { InlineVerifier } from './inline-verifier';
import { describeVerifier } from './verifier.contract';

describe('a verifier on the caller’s thread', () => {
  describeVerifier(() => new InlineVerifier());
});
