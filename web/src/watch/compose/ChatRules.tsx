import type { StreamSettings } from '../../feed';
import { strings } from '../../strings';
import { useFeedState } from '../watching';

/** How the conversation goes just now, before somebody writes in vain. Moderators are held by none of it. */
export function ChatRules() {
  const rules = useFeedState((state) =>
    state.settings === null || state.rights?.mayModerate ? '' : rulesOf(state.settings).join(' '),
  );
  return rules === '' ? null : <p className="hint">{rules}</p>;
}

export function rulesOf(settings: StreamSettings): string[] {
  if (settings.commentsOff) return [strings.chatRules.commentsOff];
  const rules: string[] = [];
  if (settings.subscribersOnly) rules.push(strings.chatRules.subscribersOnly);
  // Zero seconds: whoever follows, however short.
  if (typeof settings.followersOnlySeconds === 'number')
    rules.push(strings.chatRules.followersOnly(Math.ceil(settings.followersOnlySeconds / 60)));
  if (settings.emoteOnly) rules.push(strings.chatRules.emoteOnly);
  if (settings.slowModeSeconds > 0) rules.push(strings.chatRules.slowMode(settings.slowModeSeconds));
  return rules;
}
