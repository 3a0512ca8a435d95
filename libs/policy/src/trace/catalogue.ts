import type { Random } from './random';
import { Zipf } from './zipf';

/** What can be asked for, and how popular it is. */
export interface CatalogueSettings {
  /** Titles at a time. */
  readonly titles: number;
  readonly alpha: number;
  readonly shift: number;
  /** Share of the titles that a new one replaces each day. */
  readonly churn: number;
}

const secondsOfDay = 86_400;

/** Titles by popularity. At midnight some leave for new ones, each of which takes the rank of the one it replaces. */
export class Catalogue {
  private readonly titleOf: Uint32Array;
  private readonly popularity: Zipf;
  private known: number;
  private day = 0;

  constructor(
    private readonly settings: CatalogueSettings,
    private readonly random: Random,
  ) {
    this.titleOf = Uint32Array.from({ length: settings.titles }, (_, rank) => rank);
    this.known = settings.titles;
    this.popularity = new Zipf(settings.titles, settings.alpha, settings.shift);
  }

  /** The title that somebody asks for at a time, in seconds, which never goes back. */
  draw(seconds: number): number {
    for (const today = Math.floor(seconds / secondsOfDay); this.day < today; this.day++) this.turn();
    return this.titleOf[this.popularity.draw(this.random)] ?? 0;
  }

  private turn(): void {
    const { titles, churn } = this.settings;
    const replaced = Math.round(titles * churn);
    for (let title = 0; title < replaced; title++) this.titleOf[this.random.below(titles)] = this.known++;
  }
}
