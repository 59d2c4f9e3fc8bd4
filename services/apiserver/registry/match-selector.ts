/** Whether labels match a LabelSelector of the API. An empty selector matches everything; what is no selector, nothing. */
export function matchesSelector(selector: object | null | undefined, labels: Record<string, string>): boolean {
  if (!selector) return false;
  const { matchLabels, matchExpressions }: LabelSelector = selector;
  const hasLabels = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return hasLabels && (matchExpressions ?? []).every((expression) => matchesExpression(expression, labels));
}

interface LabelSelector {
  matchLabels?: Record<string, string> | null;
  matchExpressions?: Expression[] | null;
}

interface Expression {
  key: string;
  operator: string;
  values?: string[] | null;
}

function matchesExpression({ key, operator, values }: Expression, labels: Record<string, string>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const isListed = value !== undefined && (values ?? []).includes(value);
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    default:
      return operator === 'DoesNotExist' && value === undefined;
  }
}
