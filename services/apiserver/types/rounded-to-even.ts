/**
 * A number with so many digits after its point, as Go writes it: what is just between two is rounded to the even one, where JavaScript's is rounded up. For numbers whose
 * binary form has no more than 20 digits after the point where that matters.
 */
export function roundedToEven(value: number, digits: number): string {
  const [up, exact] = [value.toFixed(digits), value.toFixed(20)];
  const cut = exact.length - 20 + digits;
  const isBetween = /^50*$/.test(exact.slice(cut));
  const down = exact.slice(0, cut);
  return isBetween && /[02468]$/.test(down) ? down : up;
}
