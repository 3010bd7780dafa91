namespace LiveComments.Api.Moderation.Scores;

/// <summary>
/// Logistic regression: how likely a text is of a kind. Immutable: what is learnt makes another model, which takes 0.1 ms, so
/// that those who ask meanwhile never see half of it.
/// </summary>
sealed class LinearModel
{
    // How far one example moves what was never learnt before; each further one moves it less.
    private const float Rate = 0.6f;

    // Keeps rare words from deciding alone.
    private const float Shrink = 1e-4f;

    private readonly float[] _weights;
    private readonly float[] _moved;

    private LinearModel(float[] weights, float[] moved) => (_weights, _moved) = (weights, moved);

    /// <summary>Knows nothing: everything is as likely as not.</summary>
    public static LinearModel Blank { get; } = new(new float[TextFeatures.Drawers + 1], new float[TextFeatures.Drawers + 1]);

    /// <summary>0 to 1.</summary>
    /// <param name="features">Of the text.</param>
    /// <param name="doubt">How much there must be for it before it counts as likely as it looks: what is written in words that the model hardly knows is then of no kind.</param>
    public double Score(ReadOnlySpan<int> features, double doubt = 0) => Likelihood(Sum(_weights, features) - doubt);

    /// <summary>The model that has seen these examples, too, as often as said.</summary>
    /// <param name="examples">In this order.</param>
    /// <param name="times">How often.</param>
    /// <param name="leans">Whether it learns which kind there is more of, too; else what it doesn't know is as likely as not.</param>
    public LinearModel With(IReadOnlyList<(int[] Features, bool IsOfKind)> examples, int times = 1, bool leans = true)
    {
        var (weights, moved) = (_weights.AsSpan().ToArray(), _moved.AsSpan().ToArray());
        for (var time = 0; time < times; time++)
        {
            foreach (var (features, isOfKind) in examples)
                Learn(weights, moved, features, isOfKind, leans);
        }

        return new LinearModel(weights, moved);
    }

    private static double Sum(float[] weights, ReadOnlySpan<int> features)
    {
        if (features.IsEmpty)
            return double.NegativeInfinity;
        var sum = 0f;
        foreach (var feature in features)
            sum += weights[feature];
        // A long text is no more of a kind for having more words of it.
        return weights[^1] + (sum / Math.Sqrt(features.Length));
    }

    private static double Likelihood(double sum) => 1 / (1 + Math.Exp(-sum));

    // AdaGrad: each weight has a pace of its own, so that words that come often settle and new ones are learnt fast.
    private static void Learn(float[] weights, float[] moved, int[] features, bool isOfKind, bool leans)
    {
        if (features.Length == 0)
            return;
        var error = (float)(Likelihood(Sum(weights, features)) - (isOfKind ? 1 : 0));
        var share = 1 / MathF.Sqrt(features.Length);
        foreach (var feature in features)
            Move(weights, moved, feature, (error * share) + (Shrink * weights[feature]));
        if (leans)
            Move(weights, moved, weights.Length - 1, error);
    }

    private static void Move(float[] weights, float[] moved, int at, float gradient)
    {
        moved[at] += gradient * gradient;
        weights[at] -= Rate * gradient / (MathF.Sqrt(moved[at]) + 1e-6f);
    }
}
