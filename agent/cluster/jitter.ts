/** `ms` and up to `share` of it more, so that a fleet of agents that started together spreads out. */
export function jittered(ms: number, share = 0.1, random: () => number = Math.random): number {
  return Math.round(ms * (1 + share * random()));
}
