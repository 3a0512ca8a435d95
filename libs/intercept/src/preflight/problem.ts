import { InterceptError } from '../errors';

/** What stands in the way of interception, and how to clear it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** A line of each problem. */
export function describeProblem({ what, remedy }: Problem): string {
  return `${what}: ${remedy}`;
}

/** All problems as one `INTERCEPT_UNAVAILABLE`. */
export function unavailable(problems: readonly Problem[]): InterceptError {
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`).join('\n');
  const message = `interception cannot begin:\n${lines}`;
  return new InterceptError('INTERCEPT_UNAVAILABLE', message, { problems: problems.length });
}
