import { type FormEvent, useState } from 'react';
import { api } from '../api';
import type { Role, Session } from '../feed';
import { describeFailure } from '../watch/failure';
import { usernameFrom } from '../watch/username';
import { deskStrings as strings } from './strings';

const roles: readonly Role[] = ['user', 'moderator', 'admin'];

interface SignInFormProps {
  /** What is offered first. */
  likely: Role;
  why: string;
  onSession(session: Session): void;
}

/** Lets anyone be anybody, as the service allows in Development. */
export function SignInForm({ likely, why, onSession }: SignInFormProps) {
  const [name, setName] = useState('');
  const [role, setRole] = useState(likely);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || name.trim() === '') return;
    setBusy(true);
    const answer = await api.send<Session>('POST', '/api/auth/dev-token', {
      body: { username: usernameFrom(name), displayName: name.trim(), role },
    });
    setBusy(false);
    if (answer.ok) onSession(answer.value);
    else setProblem(describeFailure(answer));
  };

  return (
    <form className="desk-form sign-in" onSubmit={submit}>
      <p>{why}</p>
      <label>
        {strings.yourName}
        <input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={40}
          autoComplete="nickname"
          dir="auto"
        />
      </label>
      <label>
        {strings.yourRole}
        <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
          {roles.map((one) => (
            <option key={one} value={one}>
              {strings.roles[one]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="primary" disabled={isBusy || name.trim() === ''}>
        {strings.signIn}
      </button>
      <p className={problem ? 'problem' : 'hint'} role={problem ? 'alert' : undefined}>
        {problem ?? strings.signInHint}
      </p>
    </form>
  );
}
