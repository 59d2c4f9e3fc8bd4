/** A label selector's text as words and signs. */
export interface SelectorToken {
  kind: 'word' | 'sign' | 'end';
  text: string;
}

/** Signs stand for themselves, the longest first; everything else between them and white space is a word. A NUL is no part of either, and where one must begin the end, as upstream. */
const TOKEN = /\s*(?:(?<sign>==|!=|[=!<>(),])|(?<word>[^\s=!<>(),\0]+))\0?/y;

export function lexSelector(text: string): SelectorToken[] {
  const tokens: SelectorToken[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const { sign, word = '' } = match.groups ?? {};
    tokens.push(sign === undefined ? { kind: 'word', text: word } : { kind: 'sign', text: sign });
  }
  return tokens;
}
