import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { api } from '../../api';
import type { Session } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { usernameFrom } from '../username';

const maxNameLength = 40;

interface JoinFormProps {
  /** Why the viewer is asked again, when they had joined before. */
  notice: string | null;
  /** What they wanted to do just now, and can't without a name: the form takes the focus, each time. */
  wish: { readonly text: string } | null;
  onJoined(session: Session): void;
}

/** Lets anyone take part under a name, as the service allows in Development. */
export function JoinForm({ notice, wish, onJoined }: JoinFormProps) {
  const [name, setName] = useState('');
  const [isJoining, setJoining] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();

  useEffect(() => {
    if (wish) input.current?.focus();
  }, [wish]);

  const join = async (event: FormEvent) => {
    event.preventDefault();
    if (isJoining || name.trim() === '') return;
    setJoining(true);
    const answer = await api.getDevToken(usernameFrom(name), name.trim());
    setJoining(false);
    if (answer.ok) onJoined(answer.value);
    else setProblem(describeFailure(answer));
  };

  const why = problem ?? notice ?? wish?.text ?? null;
  return (
    <form className="join" onSubmit={join}>
      <label htmlFor="join-name" className="visually-hidden">
        {strings.yourName}
      </label>
      <div className="field-row">
        <input
          id="join-name"
          ref={input}
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={strings.yourName}
          maxLength={maxNameLength}
          autoComplete="nickname"
          aria-describedby={hintId}
          dir="auto"
        />
        <button type="submit" className="primary" disabled={isJoining || name.trim() === ''}>
          {isJoining ? strings.joining : strings.join}
        </button>
      </div>
      <p className={why ? 'problem' : 'hint'} id={hintId} role={why ? 'alert' : undefined}>
        {why ?? strings.joinHint}
      </p>
    </form>
  );
}
