import type { Person } from '../../feed';
import { strings } from '../../strings';
import { tintOf } from '../../tint';
import { nameOf } from '../comments/nameOf';

interface MentionListProps {
  id: string;
  people: readonly Person[];
  active: number;
  onChoose(person: Person): void;
}

/** The people that the mention being written may mean. */
export function MentionList({ id, people, active, onChoose }: MentionListProps) {
  return (
    <div className="mention-list" id={id} role="listbox" aria-label={strings.mentionSomebody}>
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go to the text box, which keeps the focus
        <div
          key={person.userId}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          data-tint={tintOf(person.userId)}
          // Before the box loses the focus, which would close the list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(person)}
        >
          <bdi className="author">{nameOf(person)}</bdi>
          {nameOf(person) !== person.username && <span className="handle">@{person.username}</span>}
        </div>
      ))}
    </div>
  );
}
