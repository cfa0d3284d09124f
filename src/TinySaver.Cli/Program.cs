Console.WriteLine("tinysaver");
