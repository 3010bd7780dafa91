import { type ComponentType, useEffect, useState } from 'react';
import { strings } from '../strings';
import { useWatching } from './watching';

/** A component whose script comes when it is wanted. */
type Part<P> = ComponentType<P> & {
  /** Asks for the script already: somebody is near. */
  prepare(): void;
};

/**
 * What nobody needs to read the conversation. Unlike React's own `lazy`, a script that can't be had, in a tunnel for
 * example, breaks nothing: it is said, the part closes, and the next wish asks again.
 */
export function part<P extends { onClose(): void }>(load: () => Promise<ComponentType<P>>): Part<P> {
  let loaded: ComponentType<P> | null = null;
  const get = async () => {
    loaded ??= await load();
    return loaded;
  };

  const Part = (props: P) => {
    const { tell } = useWatching();
    const [Loaded, setLoaded] = useState<ComponentType<P> | null>(() => loaded);
    // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is wanted
    useEffect(() => {
      if (Loaded) return;
      let isWanted = true;
      get().then(
        (component) => isWanted && setLoaded(() => component),
        () => {
          if (!isWanted) return;
          tell(strings.partMissing);
          props.onClose();
        },
      );
      return () => {
        isWanted = false;
      };
    }, []);
    return Loaded && <Loaded {...props} />;
  };
  return Object.assign(Part, { prepare: () => void get().catch(() => {}) });
}
