import type { ModerationAction, ModerationRules, WordRule } from '../../feed/contracts';

/** What a rule may do; `off` for a rule that isn't there. */
export type Choice = ModerationAction | 'off';

/** As a list is written: one word or phrase a line, and a star behind what any ending may follow. */
export type WordTexts = Readonly<Record<ModerationAction, string>>;

export const wordActions: readonly ModerationAction[] = ['hold', 'reject', 'drop', 'approve'];

/** Of these rules each has a number: more than it is too many. */
export const floods = ['mentions', 'emoji', 'newUsers'] as const;
export type Flood = (typeof floods)[number];

export interface PatternDraft {
  readonly key: number;
  readonly pattern: string;
  readonly action: ModerationAction;
}

/** Rules as somebody writes them: what is typed stays as it is until it is sent. */
export interface RulesDraft {
  readonly words: WordTexts;
  readonly patterns: readonly PatternDraft[];
  readonly links: { readonly action: Choice; readonly allowed: string };
  readonly duplicates: { readonly action: Choice; readonly perUser: string; readonly perStream: string };
  readonly floods: Readonly<Record<Flood, { readonly action: Choice; readonly max: string }>>;
  readonly scores: { readonly isOn: boolean; readonly holdAbove: string; readonly rejectAbove: string };
  readonly lowReputation: { readonly action: Choice; readonly below: string };
  readonly language: { readonly action: Choice; readonly allowed: string };
  /** As they were read: what this page doesn't know goes back as it came. */
  readonly base: ModerationRules;
}

/** Where the service says that something is wrong. */
export interface Fault {
  /** `words.hold`, `patterns.7`, `links` … */
  readonly place: string;
  /** Of a text of many lines, the one; from 0. */
  readonly line: number | null;
  readonly message: string;
}

const defaultMax: Record<Flood, string> = { mentions: '3', emoji: '10', newUsers: '60' };

let lastKey = 0;

export function newPattern(pattern = '', action: ModerationAction = 'hold'): PatternDraft {
  return { key: ++lastKey, pattern, action };
}

export function draftOf(rules: ModerationRules): RulesDraft {
  const lines = (action: ModerationAction) =>
    rules.words
      .filter((word) => word.action === action)
      .map((word) => (word.match === 'stem' ? `${word.word}*` : word.word))
      .join('\n');
  const flood = (name: Flood) => ({
    action: rules[name]?.action ?? ('off' as const),
    max: text(rules[name]?.max) || defaultMax[name],
  });
  return {
    words: { hold: lines('hold'), reject: lines('reject'), drop: lines('drop'), approve: lines('approve') },
    patterns: rules.patterns.map((one) => newPattern(one.pattern, one.action)),
    links: { action: rules.links?.action ?? 'off', allowed: (rules.links?.allowed ?? []).join('\n') },
    duplicates: {
      action: rules.duplicates?.action ?? 'off',
      perUser: text(rules.duplicates?.perUser),
      perStream: text(rules.duplicates?.perStream),
    },
    floods: { mentions: flood('mentions'), emoji: flood('emoji'), newUsers: flood('newUsers') },
    scores: {
      isOn: rules.scores !== null,
      holdAbove: text(rules.scores?.holdAbove),
      rejectAbove: text(rules.scores?.rejectAbove),
    },
    lowReputation: {
      action: rules.lowReputation?.action ?? 'off',
      below: text(rules.lowReputation?.below),
    },
    language: {
      action: rules.language?.action ?? 'off',
      allowed: (rules.language?.allowed ?? []).join(' '),
    },
    base: rules,
  };
}

/** What is sent: in the order of the lists, so that a place in it leads back to a line. */
export function rulesOf(draft: RulesDraft): ModerationRules {
  const flood = (name: Flood) => {
    const { action, max } = draft.floods[name];
    return action === 'off' ? null : { action, max: number(max) ?? 0 };
  };
  const { links, duplicates, scores, lowReputation, language } = draft;
  return {
    ...draft.base,
    words: wordLines(draft).map(({ action, line }) => wordOf(line, action)),
    patterns: draft.patterns.map(({ pattern, action }) => ({ pattern, action })),
    links: links.action === 'off' ? null : { action: links.action, allowed: linesOf(links.allowed) },
    duplicates:
      duplicates.action === 'off'
        ? null
        : {
            action: duplicates.action,
            perUser: number(duplicates.perUser),
            perStream: number(duplicates.perStream),
          },
    mentions: flood('mentions'),
    emoji: flood('emoji'),
    newUsers: flood('newUsers'),
    scores: scores.isOn
      ? { holdAbove: number(scores.holdAbove), rejectAbove: number(scores.rejectAbove) }
      : null,
    lowReputation:
      lowReputation.action === 'off'
        ? null
        : { action: lowReputation.action, below: number(lowReputation.below) },
    language:
      language.action === 'off'
        ? null
        : {
            ...draft.base.language,
            action: language.action,
            allowed: language.allowed.split(/[\s,;]+/).filter((code) => code !== ''),
          },
  };
}

/** Where in the draft the part of the rules is that the service names: `words[3]`, `patterns[0]`, `links`. */
export function faultAt(draft: RulesDraft, field: string, message: string): Fault {
  const [, part = field, index] = /^(\w+)(?:\[(\d+)\])?/.exec(field) ?? [];
  const at = index === undefined ? null : Number(index);
  if (part === 'words' && at !== null) {
    const found = wordLines(draft)[at];
    if (found) return { place: `words.${found.action}`, line: found.lineNumber, message };
  }
  if (part === 'patterns' && at !== null) {
    const found = draft.patterns[at];
    if (found) return { place: `patterns.${found.key}`, line: null, message };
  }
  return { place: part, line: null, message };
}

/** The first field with something that is no number; the service would take it for nothing. */
export function wrongNumber(draft: RulesDraft): string | null {
  const { duplicates, scores, lowReputation } = draft;
  const isWhole = (value: string) => /^\s*\d*\s*$/.test(value);
  const isNumber = (value: string) => !Number.isNaN(number(value) ?? 0);
  if (duplicates.action !== 'off' && !(isWhole(duplicates.perUser) && isWhole(duplicates.perStream)))
    return 'duplicates';
  for (const name of floods) {
    const { action, max } = draft.floods[name];
    if (action !== 'off' && (max.trim() === '' || !isWhole(max))) return name;
  }
  if (scores.isOn && !(isNumber(scores.holdAbove) && isNumber(scores.rejectAbove))) return 'scores';
  return lowReputation.action !== 'off' && !isNumber(lowReputation.below) ? 'lowReputation' : null;
}

function wordLines(draft: RulesDraft) {
  return wordActions.flatMap((action) =>
    draft.words[action]
      .split('\n')
      .map((line, lineNumber) => ({ action, line: line.trim(), lineNumber }))
      .filter(({ line }) => line !== ''),
  );
}

function wordOf(line: string, action: ModerationAction): WordRule {
  return line.endsWith('*')
    ? { word: line.slice(0, -1).trim(), action, match: 'stem' }
    : { word: line, action };
}

function linesOf(value: string): string[] {
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Null for nothing, which is the service's own choice; what is no number is left for the service to refuse. */
function number(value: string): number | null {
  return value.trim() === '' ? null : Number(value.trim().replace(',', '.'));
}
