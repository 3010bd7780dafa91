import { isMentioned, piecesOf } from '../compose/mentions';

interface CommentTextProps {
  content: string;
  mentions: readonly string[];
  /** The reader's own user name. */
  me: string | null;
}

/** A comment's words, as text and nothing else; whom it mentions stands out. Isolated, so that it turns nothing around it. */
export function CommentText({ content, mentions, me }: CommentTextProps) {
  return (
    <bdi className="content">
      {piecesOf(content, mentions).map((piece, index) =>
        piece.mentions === null ? (
          piece.text
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never change places
            key={index}
            className="mention"
            data-me={isMentioned([piece.mentions], me) || undefined}
          >
            {piece.text}
          </span>
        ),
      )}
    </bdi>
  );
}
