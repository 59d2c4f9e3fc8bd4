import { type CelType, DYN, isSameType } from './cel-type.ts';
import { addStep } from './compile-steps.ts';

/**
 * What stands for type parameters while an expression is checked, and which type may stand where another is asked for.
 * Source: cel-go, `checker/types.go`: whatever fits there fits here, and nothing else.
 */
export type Bindings = Map<string, CelType>;

/** What a trial has bound, and what was bound before it. */
interface Trial {
  bindings: Bindings;
  undo: [name: string, before: CelType | undefined][];
}

/** Whether `types` fit where `wanted` are asked for, one by one. If so it is bound what they stand for, else nothing. */
export function bindAll(bindings: Bindings, types: readonly CelType[], wanted: readonly CelType[]): boolean {
  const trial: Trial = { bindings, undo: [] };
  if (fitAll(trial, types, wanted)) return true;
  for (const [name, before] of trial.undo.reverse()) {
    if (before) bindings.set(name, before);
    else bindings.delete(name);
  }
  return false;
}

export const bind = (bindings: Bindings, type: CelType, wanted: CelType): boolean =>
  bindAll(bindings, [type], [wanted]);

function setIn({ bindings, undo }: Trial, name: string, type: CelType): void {
  undo.push([name, bindings.get(name)]);
  bindings.set(name, type);
}

/** With all parameters that are bound replaced; those that are free become `dyn` if asked to. */
export function resolveType(bindings: Bindings, type: CelType, freeAsDyn = false): CelType {
  addStep();
  const bound = type.kind === 'param' ? bindings.get(type.name) : undefined;
  if (bound) return resolveType(bindings, bound, freeAsDyn);
  if (type.kind === 'param') return freeAsDyn ? DYN : type;
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((part) => resolveType(bindings, part, freeAsDyn)) };
}

/** Of two types that fit each other. */
export const moreGeneral = (a: CelType, b: CelType): CelType => (isAsGeneral(a, b) ? a : b);

function isAsGeneral(a: CelType, b: CelType): boolean {
  addStep();
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param') return false;
  if (a.kind !== b.kind || a.name !== b.name) return false;
  if (a.kind === 'type') return true;
  return (
    a.params.length === b.params.length && a.params.every((part, index) => isAsGeneral(part, b.params[index] ?? DYN))
  );
}

const fitAll = (trial: Trial, types: readonly CelType[], wanted: readonly CelType[]): boolean =>
  types.length === wanted.length && types.every((type, index) => fits(trial, type, wanted[index] ?? DYN));

const isAnything = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'error';

function fits(trial: Trial, a: CelType, b: CelType): boolean {
  addStep();
  if (b.kind === 'param') {
    const outcome = stands(trial, a, b);
    if (outcome === 'fits') return true;
    if (outcome === 'bound to another') return false;
  }
  if (a.kind === 'param') return stands(trial, b, a) === 'fits';
  if (isAnything(a) || isAnything(b)) return true;
  if (a.kind === 'null') return isNullable(b);
  if (b.kind === 'null') return isNullable(a);
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  return a.name === b.name && fitAll(trial, a.params, b.params);
}

const NULLABLE = ['null', 'opaque', 'object', 'duration', 'timestamp'];
const isNullable = ({ kind }: CelType): boolean => NULLABLE.includes(kind);

/** Whether a type can stand for a parameter. */
function stands(trial: Trial, type: CelType, param: CelType): 'fits' | 'bound to another' | 'no' {
  const { bindings } = trial;
  if (isSameType(type, param)) return 'fits';
  const bound = bindings.get(param.name);
  if (!bound) {
    if (isWithin(bindings, param, type)) return 'no';
    setIn(trial, param.name, type);
    return 'fits';
  }
  if (isSameType(type, bound)) return 'fits';
  if (!fits(trial, type, bound)) return 'bound to another';
  const general = moreGeneral(type, bound);
  if (!isWithin(bindings, param, general)) setIn(trial, param.name, general);
  return 'fits';
}

function isWithin(bindings: Bindings, param: CelType, type: CelType): boolean {
  addStep();
  if (isSameType(param, type)) return true;
  if (type.kind !== 'param') return type.params.some((part) => isWithin(bindings, param, part));
  const bound = bindings.get(type.name);
  return bound !== undefined && isWithin(bindings, param, bound);
}
