namespace LiveComments.Contracts;

/// <summary>The one speller of the subject on which processes are asked how well they served a stream, on core NATS.</summary>
public static class LevelsSubjects
{
    public const string Question = "levels.question";
}
