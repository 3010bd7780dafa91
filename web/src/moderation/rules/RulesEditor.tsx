import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { ModerationAction } from '../../feed/contracts';
import { describeFailure } from '../../watch/failure';
import { perform, useDesk } from '../desk';
import { deskStrings as strings } from '../strings';
import { useLoaded } from '../useLoaded';
import { DryRunView } from './DryRunView';
import {
  type Choice,
  draftOf,
  type Fault,
  faultAt,
  floods,
  newPattern,
  type RulesDraft,
  rulesOf,
  wordActions,
  wrongNumber,
} from './draft';

const ruleActions: readonly ModerationAction[] = ['hold', 'reject', 'drop'];

/** As many as the service runs over each comment. */
const maxPatterns = 50;

/** The rules of the stream, or of all of them. They hold when they are saved, and not before; a fault is shown where it is. */
export function RulesEditor({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const loaded = useLoaded(desk.api.rules, isShown);
  const [draft, setDraft] = useState<RulesDraft | null>(null);
  const [isChanged, setChanged] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  // What somebody is writing is not overwritten by what is read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when others are read
  useEffect(() => {
    if (loaded.value && !isChanged) setDraft(draftOf(loaded.value));
  }, [loaded.value]);

  // The fault is shown where it is, and that place is gone to.
  useEffect(() => {
    if (!fault) return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
    if (field instanceof HTMLTextAreaElement && fault.line !== null) selectLine(field, fault.line);
  }, [fault]);

  if (!draft)
    return <p className="desk-note">{loaded.failure ? describeFailure(loaded.failure) : strings.loading}</p>;

  const change = (changes: Partial<RulesDraft>) => {
    setDraft({ ...draft, ...changes });
    setChanged(true);
    setFault(null);
  };
  const faultOf = (place: string) => (fault?.place === place ? fault.message : null);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const wrong = wrongNumber(draft);
    if (wrong !== null) {
      setFault({ place: wrong, line: null, message: strings.notANumber });
      return;
    }
    setBusy(true);
    const before = draft.base;
    const answer = await desk.api.putRules(rulesOf(draft));
    setBusy(false);
    if (!answer.ok) {
      setFault(faultAt(draft, answer.field ?? '', describeFailure(answer)));
      return;
    }
    setFault(null);
    setChanged(false);
    loaded.set(answer.value);
    setDraft(draftOf(answer.value));
    await perform(desk, Promise.resolve(answer), strings.rulesSaved, async () => {
      const back = await desk.api.putRules(before);
      if (back.ok) {
        loaded.set(back.value);
        setDraft(draftOf(back.value));
      }
      return back;
    });
  };

  const isElsewhere = fault !== null && !isShownInForm(draft, fault.place);
  return (
    <section aria-label={strings.rules}>
      <form className="rules" ref={form} onSubmit={save}>
        <p className="hint">{desk.streamId === null ? strings.rulesOfAll : strings.rulesOfStream}</p>
        <Part title={strings.words} hint={strings.wordsHint}>
          {wordActions.map((action) => (
            <Field key={action} label={strings.wordsTo[action]} fault={faultOf(`words.${action}`)}>
              {(props) => (
                <textarea
                  {...props}
                  rows={3}
                  value={draft.words[action]}
                  onChange={(event) => change({ words: { ...draft.words, [action]: event.target.value } })}
                  dir="auto"
                  spellCheck={false}
                />
              )}
            </Field>
          ))}
        </Part>
        <Part title={strings.patterns} hint={strings.patternsHint}>
          {draft.patterns.map((one, index) => {
            const set = (changes: Partial<typeof one>) =>
              change({
                patterns: draft.patterns.map((other) => (other === one ? { ...one, ...changes } : other)),
              });
            return (
              <div className="pattern" key={one.key}>
                <Field label={strings.pattern(index + 1)} fault={faultOf(`patterns.${one.key}`)}>
                  {(props) => (
                    <input
                      {...props}
                      className="code"
                      value={one.pattern}
                      onChange={(event) => set({ pattern: event.target.value })}
                      spellCheck={false}
                      dir="ltr"
                    />
                  )}
                </Field>
                <select
                  aria-label={strings.patternAction(index + 1)}
                  value={one.action}
                  onChange={(event) => set({ action: event.target.value as ModerationAction })}
                >
                  {wordActions.map((action) => (
                    <option key={action} value={action}>
                      {strings.actions[action]}
                    </option>
                  ))}
                </select>
                <button
                  type="button"
                  className="quiet"
                  aria-label={strings.removePattern(index + 1)}
                  onClick={() => change({ patterns: draft.patterns.filter((other) => other !== one) })}
                >
                  {strings.remove}
                </button>
              </div>
            );
          })}
          {draft.patterns.length < maxPatterns && (
            <button
              type="button"
              className="secondary small"
              onClick={() => change({ patterns: [...draft.patterns, newPattern()] })}
            >
              {strings.addPattern}
            </button>
          )}
        </Part>
        <Part title={strings.links} hint={strings.linksHint} fault={faultOf('links')}>
          <ActionSelect
            label={strings.linksAction}
            value={draft.links.action}
            onChange={(action) => change({ links: { ...draft.links, action } })}
          />
          {draft.links.action !== 'off' && (
            <Field label={strings.allowedDomains} fault={faultOf('links')} isQuiet>
              {(props) => (
                <textarea
                  {...props}
                  rows={2}
                  value={draft.links.allowed}
                  onChange={(event) => change({ links: { ...draft.links, allowed: event.target.value } })}
                  spellCheck={false}
                  dir="ltr"
                />
              )}
            </Field>
          )}
        </Part>
        <Part title={strings.duplicates} hint={strings.duplicatesHint} fault={faultOf('duplicates')}>
          <ActionSelect
            label={strings.duplicatesAction}
            value={draft.duplicates.action}
            onChange={(action) => change({ duplicates: { ...draft.duplicates, action } })}
          />
          {draft.duplicates.action !== 'off' && (
            <div className="numbers">
              {(['perUser', 'perStream'] as const).map((name) => (
                <Field key={name} label={strings.duplicatesOf[name]} fault={faultOf('duplicates')} isQuiet>
                  {(props) => (
                    <input
                      {...props}
                      inputMode="numeric"
                      value={draft.duplicates[name]}
                      onChange={(event) =>
                        change({ duplicates: { ...draft.duplicates, [name]: event.target.value } })
                      }
                    />
                  )}
                </Field>
              ))}
            </div>
          )}
        </Part>
        {floods.map((name) => (
          <Part
            key={name}
            title={strings.floods[name].title}
            hint={strings.floods[name].hint}
            fault={faultOf(name)}
          >
            <ActionSelect
              label={strings.floods[name].action}
              value={draft.floods[name].action}
              onChange={(action) =>
                change({ floods: { ...draft.floods, [name]: { ...draft.floods[name], action } } })
              }
            />
            {draft.floods[name].action !== 'off' && (
              <Field label={strings.floods[name].max} fault={faultOf(name)} isQuiet>
                {(props) => (
                  <input
                    {...props}
                    inputMode="numeric"
                    value={draft.floods[name].max}
                    onChange={(event) =>
                      change({
                        floods: {
                          ...draft.floods,
                          [name]: { ...draft.floods[name], max: event.target.value },
                        },
                      })
                    }
                  />
                )}
              </Field>
            )}
          </Part>
        ))}
        <Part title={strings.scores} hint={strings.scoresHint} fault={faultOf('scores')}>
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              checked={draft.scores.isOn}
              aria-checked={draft.scores.isOn}
              onChange={(event) => change({ scores: { ...draft.scores, isOn: event.target.checked } })}
            />
            <span>{strings.scoresOn}</span>
          </label>
          {draft.scores.isOn && (
            <div className="numbers">
              {(['holdAbove', 'rejectAbove'] as const).map((name) => (
                <Field key={name} label={strings.scoresOf[name]} fault={faultOf('scores')} isQuiet>
                  {(props) => (
                    <input
                      {...props}
                      inputMode="decimal"
                      placeholder={name === 'holdAbove' ? '0.3' : '0.8'}
                      value={draft.scores[name]}
                      onChange={(event) =>
                        change({ scores: { ...draft.scores, [name]: event.target.value } })
                      }
                    />
                  )}
                </Field>
              ))}
            </div>
          )}
        </Part>
        <Part title={strings.lowReputation} hint={strings.lowReputationHint} fault={faultOf('lowReputation')}>
          <ActionSelect
            label={strings.lowReputationAction}
            value={draft.lowReputation.action}
            onChange={(action) => change({ lowReputation: { ...draft.lowReputation, action } })}
          />
          {draft.lowReputation.action !== 'off' && (
            <Field label={strings.below} fault={faultOf('lowReputation')} isQuiet>
              {(props) => (
                <input
                  {...props}
                  inputMode="decimal"
                  placeholder="0.25"
                  value={draft.lowReputation.below}
                  onChange={(event) =>
                    change({ lowReputation: { ...draft.lowReputation, below: event.target.value } })
                  }
                />
              )}
            </Field>
          )}
        </Part>
        <Part title={strings.language} hint={strings.languageHint} fault={faultOf('language')}>
          <ActionSelect
            label={strings.languageAction}
            value={draft.language.action}
            onChange={(action) => change({ language: { ...draft.language, action } })}
          />
          {draft.language.action !== 'off' && (
            <Field label={strings.languages} fault={faultOf('language')} isQuiet>
              {(props) => (
                <input
                  {...props}
                  placeholder="en de"
                  value={draft.language.allowed}
                  onChange={(event) =>
                    change({ language: { ...draft.language, allowed: event.target.value } })
                  }
                  dir="ltr"
                />
              )}
            </Field>
          )}
        </Part>
        {isElsewhere && (
          <p className="problem" role="alert">
            {fault.message}
          </p>
        )}
        <div className="desk-buttons rules-foot">
          <button type="submit" className="primary" disabled={isBusy || !isChanged}>
            {strings.saveRules}
          </button>
          <button
            type="button"
            className="secondary"
            disabled={!isChanged}
            onClick={() => {
              setDraft(draftOf(draft.base));
              setChanged(false);
              setFault(null);
            }}
          >
            {strings.discard}
          </button>
          <span className="hint">{isChanged ? strings.notSaved : strings.inForce}</span>
        </div>
      </form>
      {desk.streamId !== null && (
        <DryRunView
          rules={() => rulesOf(draft)}
          onFault={(field, message) => setFault(faultAt(draft, field, message))}
        />
      )}
    </section>
  );
}

function isShownInForm(draft: RulesDraft, place: string): boolean {
  const [part, which] = place.split('.');
  if (part === 'words') return which !== undefined;
  if (part === 'patterns') return draft.patterns.some((one) => String(one.key) === which);
  return ['links', 'duplicates', ...floods, 'scores', 'lowReputation', 'language'].includes(part ?? '');
}

function selectLine(area: HTMLTextAreaElement, line: number) {
  const lines = area.value.split('\n');
  const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  area.setSelectionRange(start, start + (lines[line]?.length ?? 0));
}

interface PartProps {
  title: string;
  hint: string;
  fault?: string | null;
  children: ReactNode;
}

function Part({ title, hint, fault = null, children }: PartProps) {
  return (
    <fieldset data-fault={fault !== null || undefined}>
      <legend>{title}</legend>
      <p className="hint">{hint}</p>
      {children}
      {fault !== null && (
        <p className="problem" role="alert">
          {fault}
        </p>
      )}
    </fieldset>
  );
}

interface FieldProps {
  label: string;
  fault: string | null;
  /** The fault is said by what is around it. */
  isQuiet?: boolean;
  children(props: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }): ReactNode;
}

function Field({ label, fault, isQuiet = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className="rule-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(fault !== null && { 'aria-invalid': true as const, 'aria-describedby': `${id}-fault` }),
      })}
      {fault !== null && !isQuiet && (
        <p className="problem" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

interface ActionSelectProps {
  label: string;
  value: Choice;
  onChange(value: Choice): void;
}

function ActionSelect({ label, value, onChange }: ActionSelectProps) {
  return (
    <label className="rule-action">
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value as Choice)}>
        <option value="off">{strings.ruleOff}</option>
        {(value === 'approve' ? [...ruleActions, value] : ruleActions).map((action) => (
          <option key={action} value={action}>
            {strings.actions[action]}
          </option>
        ))}
      </select>
    </label>
  );
}
