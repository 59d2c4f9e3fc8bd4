import {
  addQuantities,
  formatQuantity,
  maxQuantity,
  parseQuantity,
  type Quantity,
  ZERO,
} from '../../../shared/apis/quantity.ts';

/** What the containers of a pod ask for, or may use, together: those that run at once, or one that runs before them with those that stay. */

export type Amounts = Record<string, unknown>;

export interface Counted {
  restartPolicy?: string;
  resources?: { limits?: Amounts; requests?: Amounts };
}

type Totals = Map<string, Quantity>;

export function containerTotals(
  { containers, initContainers }: { containers?: Counted[] | null; initContainers?: Counted[] | null },
  list: 'limits' | 'requests',
): Record<string, string> {
  const amountsOf = ({ resources }: Counted): Amounts => resources?.[list] ?? {};
  const running = sum(new Map(), (containers ?? []).map(amountsOf));
  let staying: Totals = new Map();
  let first: Totals = new Map();
  let together = running;
  for (const container of initContainers ?? []) {
    const withOwn = sum(staying, [amountsOf(container)]);
    if (container.restartPolicy === 'Always') {
      staying = withOwn;
      together = sum(together, [amountsOf(container)]);
    }
    first = greatest(first, withOwn);
  }
  const totals = greatest(together, first);
  return Object.fromEntries([...totals].map(([name, total]) => [name, formatQuantity(total)]));
}

function sum(start: Totals, parts: readonly Amounts[]): Totals {
  const totals = new Map(start);
  for (const part of parts)
    for (const [name, amount] of Object.entries(part)) {
      const known = totals.get(name);
      const own = parseQuantity(String(amount)) ?? ZERO;
      totals.set(name, known ? addQuantities(known, own) : own);
    }
  return totals;
}

function greatest(one: Totals, other: Totals): Totals {
  const totals = new Map(one);
  for (const [name, amount] of other) {
    const known = totals.get(name);
    totals.set(name, known ? maxQuantity(known, amount) : amount);
  }
  return totals;
}
