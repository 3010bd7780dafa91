import { useDesk } from '../moderation/desk';
import { useLoaded } from '../moderation/useLoaded';
import { describeFailure } from '../watch/failure';
import { rowsOf } from './serviceLevels';
import { broadcastStrings as strings } from './strings';

/** Each look asks all nodes. */
const refreshMs = 10_000;

/** How well the stream was served in the last minutes. */
export function ServiceLevels({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const levels = useLoaded(() => desk.api.serviceLevels(), isShown, refreshMs);
  const slo = levels.value;
  return (
    <section className="card levels" aria-label={strings.serviceLevels}>
      <h2>{strings.serviceLevels}</h2>
      {levels.failure && <p className="problem">{describeFailure(levels.failure)}</p>}
      {slo && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
          <div
            className="levels-table"
            role="group"
            aria-label={strings.figures}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone keys slide it
            tabIndex={0}
          >
            <table>
              <thead>
                <tr>
                  <th scope="col">{strings.timeTaken}</th>
                  <th scope="col">{strings.half}</th>
                  <th scope="col">95 %</th>
                  <th scope="col">99 %</th>
                  <th scope="col">{strings.measured}</th>
                </tr>
              </thead>
              <tbody>
                {rowsOf(slo).map((row) => (
                  <tr key={row.name}>
                    <th scope="row">{row.name}</th>
                    <td>{row.p50}</td>
                    <td>{row.p95}</td>
                    <td>{row.p99}</td>
                    <td>{row.count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p>
            {strings.omittedOf(percent(slo.omittedShare), slo.comments)}{' '}
            {strings.repairedOf(slo.gapsRepaired)}
          </p>
          <p className="hint">
            {strings.levelsHint(Math.round((slo.to - slo.from) / 60_000), slo.processes)}
          </p>
        </>
      )}
    </section>
  );
}

function percent(share: number): string {
  return share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });
}
