/** Numbers that are the same for the same seed (mulberry32). */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
  /** All of them, in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

export function newRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    shuffled: (items) => {
      const dealt = [...items];
      for (let last = dealt.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [dealt[last], dealt[other]] = [dealt[other], dealt[last]] as [(typeof dealt)[0], (typeof dealt)[0]];
      }
      return dealt;
    },
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
