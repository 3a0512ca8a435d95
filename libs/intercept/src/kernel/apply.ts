import { InterceptError } from '../errors';
import type { RulePlan } from '../rules/plan';
import { routingsOf, type Routing } from '../rules/routes';
import { removalScript, ruleScript } from '../rules/script';
import { jsonObjects } from './json';
import type { RunTool, ToolOutcome } from './tool';

/** Rules of policy routing of ours that a family may have: one, and copies that somebody added by hand. */
const copiesMax = 16;

/**
 * Puts the rules in place of whatever there was of ours before: routing first, so that nothing is diverted that cannot be
 * delivered, then the table of the packet filter at once. No flow is diverted before an epoch lives. Rejects with
 * `INTERCEPT_RULES_FAILED`.
 */
export async function applyRules(plan: RulePlan, run: RunTool): Promise<void> {
  for (const routing of routingsOf(plan)) {
    await demand(run('ip', { args: routing.replaceRoute }), 'policy routing is refused');
    if (!(await hasRule(routing, run))) await demand(run('ip', { args: routing.addRule }), 'policy routing is refused');
  }
  await demand(run('nft', { args: ['-f', '-'], input: ruleScript(plan).text }), 'the packet filter refuses our rules');
}

/**
 * Removes all that `applyRules` made, by whatever process: the table first, so that nothing is diverted any more, then the
 * routing. In order if there is nothing. Rejects with `INTERCEPT_RULES_FAILED`.
 */
export async function removeRules(ipv6: boolean, run: RunTool): Promise<void> {
  await demand(run('nft', { args: ['-f', '-'], input: removalScript }), 'the packet filter keeps our rules');
  for (const routing of routingsOf({ ipv6 })) {
    for (let copy = 0; copy < copiesMax && (await hasRule(routing, run)); copy++)
      await demand(run('ip', { args: routing.deleteRule }), 'policy routing stays');
    if (await hasRoute(routing, run)) await demand(run('ip', { args: routing.flushRoutes }), 'our routes stay');
  }
}

/** Whether our rule of policy routing is there. */
export async function hasRule({ showRules, addRule }: Routing, run: RunTool): Promise<boolean> {
  const { stdout } = await run('ip', { args: showRules });
  const wanted = { fwmark: addRule[addRule.indexOf('fwmark') + 1], table: addRule.at(-1) };
  return jsonObjects(stdout).some(({ fwmark, table }) => fwmark === wanted.fwmark && String(table) === wanted.table);
}

/** Whether our routing table has our route. */
export async function hasRoute({ showRoutes }: Routing, run: RunTool): Promise<boolean> {
  const { stdout } = await run('ip', { args: showRoutes });
  return jsonObjects(stdout).some(({ type, dst, dev }) => type === 'local' && dst === 'default' && dev === 'lo');
}

async function demand(running: Promise<ToolOutcome>, failure: string): Promise<void> {
  const { ok, complaint } = await running;
  if (ok) return;
  const [line = ''] = complaint.split('\n').filter((text) => text.trim() !== '');
  throw new InterceptError('INTERCEPT_RULES_FAILED', `${failure}: ${line}`);
}
