import { describeFailure } from '../../watch/failure';
import { perform, useDesk } from '../desk';
import type { StreamSettings } from '../deskApi';
import { deskStrings as strings } from '../strings';
import { useLoaded } from '../useLoaded';

/** Another moderator's change is seen soon. */
const refreshMs = 5_000;

/** Seconds between two comments of one user. */
const slowModes = [0, 5, 10, 30, 60, 120, 300, 600] as const;

/** Seconds that somebody must have followed for; -1 for everybody. */
const followAges = [-1, 0, 600, 3_600, 86_400, 7 * 86_400, 30 * 86_400] as const;

const switches = ['shieldMode', 'commentsOff', 'emoteOnly', 'subscribersOnly'] as const;

/** As the service has it when nobody said. */
const defaultReportsToReview = 3;
const reportsToReview = [1, 2, 3, 5, 10, 25, 100] as const;

/** How the conversation goes. Each change holds at once, and can be taken back. */
export function SettingsForm({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const settings = useLoaded(desk.api.settings, isShown, refreshMs);
  const now = settings.value;

  const change = async (changes: Partial<StreamSettings>) => {
    if (!now) return;
    const after = { ...now, ...changes };
    // Shown at once; what the service says is what stays.
    settings.set(after);
    const answer = await perform(desk, desk.api.putSettings(after), strings.settingsChanged, async () => {
      const back = await desk.api.putSettings(now);
      if (back.ok) settings.set(back.value);
      return back;
    });
    settings.set(answer.ok ? answer.value : now);
  };

  return (
    <section aria-label={strings.settings}>
      {settings.failure && <p className="problem">{describeFailure(settings.failure)}</p>}
      {now && (
        <div className="settings">
          {switches.map((name) => (
            <label key={name} className="switch" data-on={now[name] || undefined}>
              <input
                type="checkbox"
                role="switch"
                checked={now[name]}
                aria-checked={now[name]}
                onChange={(event) => change({ [name]: event.target.checked })}
              />
              <span>
                {strings.setting[name]}
                <span className="hint">{strings.settingHint[name]}</span>
              </span>
            </label>
          ))}
          <label>
            {strings.slowMode}
            <select
              value={now.slowModeSeconds}
              onChange={(event) => change({ slowModeSeconds: Number(event.target.value) })}
            >
              {withOwn(slowModes, now.slowModeSeconds).map((seconds) => (
                <option key={seconds} value={seconds}>
                  {strings.slowModeOf(seconds)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {strings.followersOnly}
            <select
              value={now.followersOnlySeconds ?? -1}
              onChange={(event) => {
                const seconds = Number(event.target.value);
                const { followersOnlySeconds: _, ...rest } = now;
                void change(seconds < 0 ? { ...rest, ...noFollow } : { followersOnlySeconds: seconds });
              }}
            >
              {withOwn(followAges, now.followersOnlySeconds ?? -1).map((seconds) => (
                <option key={seconds} value={seconds}>
                  {strings.followersOf(seconds)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {strings.reportsToReview}
            <select
              value={now.reportsToReview ?? defaultReportsToReview}
              onChange={(event) => change({ reportsToReview: Number(event.target.value) })}
            >
              {withOwn(reportsToReview, now.reportsToReview ?? defaultReportsToReview).map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
    </section>
  );
}

/** Left out means everybody; JSON leaves out what is undefined. */
const noFollow = { followersOnlySeconds: undefined } as unknown as Partial<StreamSettings>;

/** What was set by other means is a choice, too. */
function withOwn(choices: readonly number[], own: number): readonly number[] {
  return choices.includes(own) ? choices : [...choices, own].toSorted((a, b) => a - b);
}
