import { useState } from 'react';
import { strings } from '../../strings';
import { TestPicture } from './TestPicture';

/** The stream's own video; a drawn picture where there is none, or none that this browser can play. */
export function Video({ url, poster, title }: { url: string | null; poster: string | null; title: string }) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  if (url === null) return <TestPicture />;
  if (url === failedUrl)
    return (
      <>
        <TestPicture />
        <p className="video-problem">{strings.noVideo}</p>
      </>
    );
  return (
    // Captions are the broadcaster's, inside the stream: there is no track of ours to name.
    <video
      className="picture"
      src={url}
      {...(poster === null ? {} : { poster })}
      aria-label={title}
      controls
      playsInline
      autoPlay
      muted
      onError={() => setFailedUrl(url)}
    />
  );
}
