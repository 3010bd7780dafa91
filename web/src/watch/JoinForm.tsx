import { type FormEvent, useId, useState } from 'react';
import { createApi, type Session } from '../feed';
import { strings } from '../strings';
import { describeFailure } from './failure';
import { usernameFrom } from './username';

const maxNameLength = 40;

interface JoinFormProps {
  /** Why the viewer is asked again, when they had joined before. */
  notice: string | null;
  onJoined(session: Session): void;
}

/** Lets anyone take part under a name, as the service allows in Development. */
export function JoinForm({ notice, onJoined }: JoinFormProps) {
  const [name, setName] = useState('');
  const [isJoining, setJoining] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const hintId = useId();
  const inputId = useId();

  const join = async (event: FormEvent) => {
    event.preventDefault();
    if (isJoining || name.trim() === '') return;
    setJoining(true);
    const answer = await createApi().getDevToken(usernameFrom(name), name.trim());
    setJoining(false);
    if (answer.ok) onJoined(answer.value);
    else setProblem(describeFailure(answer));
  };

  return (
    <form className="join" onSubmit={join}>
      <label htmlFor={inputId} className="visually-hidden">
        {strings.yourName}
      </label>
      <div className="field-row">
        <input
          id={inputId}
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
      <p className={problem || notice ? 'problem' : 'hint'} id={hintId} role={problem ? 'alert' : undefined}>
        {problem ?? notice ?? strings.joinHint}
      </p>
    </form>
  );
}
