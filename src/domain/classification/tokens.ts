/**
 * One folded word, one Han character (Chinese is written without spaces, so each stands for itself), or a question mark,
 * the one sign that says something about intent.
 */
export type Token = {
  readonly text: string;
  /** UTF-16 offsets into the original text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Number of the sentence the token stands in; phrases never match across sentences. */
  readonly sentence: number;
};

/** Only this many UTF-16 units of a message are read: buyers write far less, and the cost must stay bounded. */
export const MAX_TEXT = 10_000;

const MAX_WORD = 64;

/** Traditional forms of the characters that occur in rules, each followed by its simplified form. */
const TRADITIONAL =
  '訂订單单發发貨货票票運运價价錢钱賠赔償偿壞坏損损還还沒没為为麼么時时幾几關关開开錯错換换優优' +
  '嗎吗費费貴贵這这個个們们給给處处詐诈騙骗訴诉舉举報报達达遲迟郵邮費费爛烂傷伤電电燒烧後后謝谢請请問问質质' +
  '該该號号碼码麽么稅税裡里壓压產产過过說说讓让買买賣卖顏颜寬宽長长適适從从收收數数據据資资刪删';
const SIMPLIFIED = pairs(TRADITIONAL);

const HAN = /\p{Script=Han}/u;
const WORD = /[\p{L}\p{N}]/u;
/** Marks and invisible format characters (joiners, bidi marks, soft hyphens) do not end a word. */
const INVISIBLE = /[\p{M}\p{Cf}'’ʼ`´]/u;
/** The Chinese comma is here because it separates what other languages write as sentences. */
const SENTENCE_END = /[.!?;…\n。！？；，]/u;
const QUESTION = /[?？]/u;
const NOT_WORD = /[^\p{L}\p{N}]/gu;
const STRETCHED = /([a-z])\1{2,}/g;

function pairs(text: string): ReadonlyMap<string, string> {
  const characters = [...text];
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < characters.length; i += 2) map.set(characters[i] as string, characters[i + 1] as string);
  return map;
}

/** Lower case without accents, compatibility forms (full width, ligatures, ª) resolved; may be empty. */
function fold(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x80) return code >= 65 && code <= 90 ? character.toLowerCase() : character;
  const simplified = SIMPLIFIED.get(character);
  if (simplified !== undefined) return simplified;
  return character.normalize('NFKD').toLowerCase().replace(NOT_WORD, '');
}

function kindOf(character: string): 'word' | 'han' | 'invisible' | 'end' | 'separator' {
  const code = character.charCodeAt(0);
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return 'word';
  if (code === 32) return 'separator';
  // Radicals and strokes are Han without being letters.
  if (WORD.test(character)) return HAN.test(character) ? 'han' : 'word';
  if (INVISIBLE.test(character)) return 'invisible';
  return SENTENCE_END.test(character) ? 'end' : 'separator';
}

/** A point between letters or digits ("1.500", "consumidor.gov.br") ends no sentence. */
function endsSentence(text: string, at: number): boolean {
  const next = text[at + 1];
  return text[at] !== '.' || next === undefined || !WORD.test(next);
}

/**
 * The words of a text, folded so that accents, case, full-width forms, stretched letters ("demoooora") and invisible
 * characters make no difference, each with its place in the original. Takes any string, lone surrogates included; reads
 * at most `MAX_TEXT` UTF-16 units; linear time.
 */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const limit = Math.min(text.length, MAX_TEXT);
  let word = '';
  let start = 0;
  let end = 0;
  let sentence = 0;
  const flush = (): void => {
    if (word !== '') tokens.push({ text: word.replace(STRETCHED, '$1'), start, end, sentence });
    word = '';
  };
  for (let at = 0; at < limit;) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    const kind = kindOf(character);
    const after = at + character.length;
    if (kind === 'word') {
      const folded = fold(character);
      if (word === '') start = at;
      if (word.length < MAX_WORD) word += folded;
      end = after;
    } else if (kind !== 'invisible') {
      flush();
      if (kind === 'han') tokens.push({ text: fold(character), start: at, end: after, sentence });
      else if (kind === 'end' && endsSentence(text, at)) {
        if (QUESTION.test(character)) tokens.push({ text: '?', start: at, end: after, sentence });
        sentence += 1;
      }
    }
    at = after;
  }
  flush();
  return tokens;
}
