import { Inject } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { Terminal } from '../terminal/terminal';
import { TERMINAL } from './tokens';
import { WeirCommand } from './weir.command';

/** What all commands have in common that ask an admin API, whoever it belongs to. */
export abstract class AnsweringCommand extends WeirCommand {
  constructor(@Inject(TERMINAL) protected readonly terminal: Terminal) {
    super();
  }

  @Option({ flags: '--json', description: 'print the answer as one JSON line instead' })
  readJson(): boolean {
    return true;
  }

  /** The answer in one line, or what `lines` make of it. */
  protected show<Answer>(
    { json }: { readonly json?: boolean },
    answer: Answer,
    lines: (answer: Answer) => readonly string[],
  ): void {
    for (const line of json === true ? [JSON.stringify(answer)] : lines(answer)) this.terminal.print(line);
  }
}
