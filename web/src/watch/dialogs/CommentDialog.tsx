import type { Question } from '../watching';
import { ReportDialog } from './ReportDialog';
import { SanctionDialog } from './SanctionDialog';

/** What is asked before a comment is reported or its author sanctioned. */
export function CommentDialog({ question, onClose }: { question: Question; onClose(): void }) {
  return question.kind === 'report' ? (
    <ReportDialog comment={question.comment} onClose={onClose} />
  ) : (
    <SanctionDialog kind={question.kind} comment={question.comment} onClose={onClose} />
  );
}
