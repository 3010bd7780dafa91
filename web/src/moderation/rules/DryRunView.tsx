import { useEffect, useRef, useState } from 'react';
import type { DryRunChange, DryRunCount, ModerationRules } from '../../feed/contracts';
import { nameOf } from '../../watch/comments/nameOf';
import { describeFailure } from '../../watch/failure';
import { useDesk } from '../desk';
import { deskStrings as strings } from '../strings';

/** As many as a person looks through before switching rules on; all are counted. */
const maxListed = 100;

interface Outcome {
  readonly examined: number;
  readonly changedCount: number;
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly changed: readonly DryRunChange[];
  readonly removedExamined: number;
  readonly removedCaught: number;
  readonly progress: number;
  readonly isDone: boolean;
}

interface DryRunViewProps {
  /** The draft as it is now. */
  rules(): ModerationRules;
  onFault(field: string, message: string): void;
}

/** What the draft would have made of what was said on the stream so far, piece by piece until it is stopped. */
export function DryRunView({ rules, onFault }: DryRunViewProps) {
  const desk = useDesk();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const run = useRef(0);
  const isRunning = outcome !== null && !outcome.isDone;

  // Who goes away wants no more of it.
  useEffect(
    () => () => {
      run.current = -1;
    },
    [],
  );

  const start = async () => {
    const mine = ++run.current;
    const draft = rules();
    let now: Outcome = {
      examined: 0,
      changedCount: 0,
      before: new Map(),
      after: new Map(),
      changed: [],
      removedExamined: 0,
      removedCaught: 0,
      progress: 0,
      isDone: false,
    };
    setProblem(null);
    setOutcome(now);
    let cursor: string | null = null;
    do {
      const answer = await desk.api.dryRun({ rules: draft, ...(cursor !== null && { cursor }) });
      if (mine !== run.current) return;
      if (!answer.ok) {
        if (answer.field !== undefined) onFault(answer.field, describeFailure(answer));
        else setProblem(describeFailure(answer));
        setOutcome(null);
        return;
      }
      const piece = answer.value;
      cursor = piece.next;
      now = {
        examined: now.examined + piece.examined,
        changedCount: now.changedCount + piece.changedCount,
        before: add(now.before, piece.before),
        after: add(now.after, piece.after),
        changed: [...now.changed, ...piece.changed].slice(0, maxListed),
        removedExamined: now.removedExamined + piece.removedExamined,
        removedCaught: now.removedCaught + piece.removedCaught,
        progress: piece.progress,
        isDone: cursor === null,
      };
      setOutcome(now);
    } while (cursor !== null);
  };

  const stop = () => {
    run.current++;
    setOutcome((now) => now && { ...now, isDone: true });
  };

  return (
    <div className="dry-run">
      <div className="desk-bar">
        <button type="button" className="secondary" onClick={isRunning ? stop : start}>
          {isRunning ? strings.stop : strings.tryOnPast}
        </button>
        <p className="hint">{strings.tryHint}</p>
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {outcome && (
        <div className="dry-run-outcome">
          {isRunning && <progress aria-label={strings.tryOnPast} value={outcome.progress} max={1} />}
          <p role="status">
            {strings.tried(outcome.examined, outcome.changedCount)}
            {outcome.removedExamined > 0 &&
              ` ${strings.triedRemoved(outcome.removedCaught, outcome.removedExamined)}`}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="scrolls" aria-label={strings.difference} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{strings.whatBecomes}</th>
                  <th scope="col">{strings.now}</th>
                  <th scope="col">{strings.withDraft}</th>
                </tr>
              </thead>
              <tbody>
                {[...new Set([...outcome.before.keys(), ...outcome.after.keys()])].toSorted().map((key) => (
                  <tr key={key}>
                    <th scope="row">{describe(key)}</th>
                    <td>{(outcome.before.get(key) ?? 0).toLocaleString()}</td>
                    <td>{(outcome.after.get(key) ?? 0).toLocaleString()}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <ul className="reviews">
            {outcome.changed.map(({ comment, before, after }) => (
              <li key={comment.id} className="review" data-changed={comment.id}>
                <p className="live-row-head">
                  <bdi className="author">{nameOf(comment)}</bdi>
                  <span className="hint">
                    {strings.actions[before.action] ?? before.action} →{' '}
                    <b>{strings.actions[after.action] ?? after.action}</b>
                  </span>
                </p>
                <bdi className="content">{comment.content}</bdi>
                {after.reason !== '' && (
                  <p className="why">
                    {strings.reasons[after.reason] ?? after.reason}
                    {after.detail !== null && (
                      <>
                        {': '}
                        <bdi>{after.detail}</bdi>
                      </>
                    )}
                  </p>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const separator = '\n';

function add(sums: ReadonlyMap<string, number>, counts: readonly DryRunCount[]): ReadonlyMap<string, number> {
  const all = new Map(sums);
  for (const { action, reason, count } of counts) {
    const key = `${action}${separator}${reason}`;
    all.set(key, (all.get(key) ?? 0) + count);
  }
  return all;
}

function describe(key: string): string {
  const [action = '', reason = ''] = key.split(separator);
  const what = strings.actions[action] ?? action;
  return reason === '' ? what : `${what}: ${strings.reasons[reason] ?? reason}`;
}
