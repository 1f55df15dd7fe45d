/**
 * Conditions on messages as somebody types them: `m.type === 'appendEntries' && m.term > 3`.
 *
 * It looks like JavaScript and is none: nothing can be called, assigned or reached but the fields
 * of a message, so that a condition from anywhere does no harm.
 *
 * ```text
 *   or       and ('||' and)*
 *   and      equal ('&&' equal)*
 *   equal    order (('===' | '==' | '!==' | '!=') order)?
 *   order    unary (('<' | '<=' | '>' | '>=') unary)?
 *   unary    '!' unary | '-' unary | '(' or ')' | number | 'text' | true | false | null | m.name
 * ```
 */

/** What a condition can see of a message, by name. */
export type Fields = Readonly<Record<string, unknown>>;

type Evaluate = (fields: Fields) => unknown;

const LENGTH_MAX = 500;
const DEPTH_MAX = 50;
const kindsOfToken = [
  /\d+(?:\.\d+)?/,
  /'[^']*'|"[^"]*"/,
  /m\.[A-Za-z_]\w*|true|false|null/,
  /&&|\|\||[=!]==?|[<>]=?|[!()-]/,
].map(({ source }) => `(${source})`);
const tokenPattern = new RegExp(`\\s*(?:${kindsOfToken.join('|')})`, 'y');

const comparisons: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '===': (left, right) => left === right,
  '==': (left, right) => left === right,
  '!==': (left, right) => left !== right,
  '!=': (left, right) => left !== right,
  '<': ordered((left, right) => left < right),
  '<=': ordered((left, right) => left <= right),
  '>': ordered((left, right) => left > right),
  '>=': ordered((left, right) => left >= right),
};

/**
 * What `text` says of a message; nothing says yes to all.
 *
 * @throws RangeError if it cannot be understood.
 */
export function parseFilter(text: string): (fields: Fields) => boolean {
  if (text.length > LENGTH_MAX) throw new RangeError(`filter: expected ${LENGTH_MAX} characters`);
  if (text.trim() === '') return () => true;
  const evaluate = new Parser(tokensOf(text)).all();
  return (fields) => Boolean(evaluate(fields));
}

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(trimmed);
    if (found === null)
      throw new RangeError(`filter: not understood from “${trimmed.slice(at).trim()}”`);
    const [, number, quoted, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): Evaluate {
    const evaluate = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new RangeError(`filter: expected the end before “${rest.text}”`);
    return evaluate;
  }

  #or(): Evaluate {
    let left = this.#and();
    while (this.#takes('||')) {
      const [first, second] = [left, this.#and()];
      left = (fields) => Boolean(first(fields)) || Boolean(second(fields));
    }
    return left;
  }

  #and(): Evaluate {
    let left = this.#compared(['===', '==', '!==', '!='], () => this.#order());
    while (this.#takes('&&')) {
      const first = left;
      const second = this.#compared(['===', '==', '!==', '!='], () => this.#order());
      left = (fields) => Boolean(first(fields)) && Boolean(second(fields));
    }
    return left;
  }

  #order(): Evaluate {
    return this.#compared(['<', '<=', '>', '>='], () => this.#unary());
  }

  #compared(signs: readonly string[], operand: () => Evaluate): Evaluate {
    const left = operand();
    const sign = signs.find((each) => this.#takes(each)) ?? '';
    const compare = comparisons[sign];
    if (compare === undefined) return left;
    const right = operand();
    return (fields) => compare(left(fields), right(fields));
  }

  #unary(): Evaluate {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new RangeError('filter: too deep');
    const evaluate = this.#operand();
    this.#depth -= 1;
    return evaluate;
  }

  #operand(): Evaluate {
    if (this.#takes('!')) {
      const inner = this.#unary();
      return (fields) => !inner(fields);
    }
    if (this.#takes('-')) {
      const inner = this.#unary();
      return (fields) => -Number(inner(fields));
    }
    if (this.#takes('(')) {
      const inner = this.#or();
      if (!this.#takes(')')) throw new RangeError('filter: expected a closing bracket');
      return inner;
    }
    return this.#value();
  }

  #value(): Evaluate {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'sign') {
      throw new RangeError(
        `filter: expected a value, got ${token ? `“${token.text}”` : 'the end'}`,
      );
    }
    this.#at += 1;
    const { kind, text } = token;
    if (kind === 'text') return () => text;
    if (kind === 'number') return () => Number(text);
    const constant = { true: true, false: false, null: null }[text];
    if (constant !== undefined) return () => constant;
    const field = text.slice('m.'.length);
    return (fields) => (Object.hasOwn(fields, field) ? fields[field] : undefined);
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }
}

/** Only numbers have an order: what a message does not have is neither more nor less. */
function ordered(
  holds: (left: number, right: number) => boolean,
): (left: unknown, right: unknown) => boolean {
  return (left, right) =>
    typeof left === 'number' && typeof right === 'number' && holds(left, right);
}
